/** What was written and could not be made durable, although nothing failed. */
export interface DurabilityGaps {
  /**
   * Directories on file systems that report that they cannot sync directories, like some of FUSE, CIFS and shared
   * folders; each once. What was written there is in place, but whether it survives a power cut depends on that file
   * system.
   */
  unsyncedDirectories(): readonly string[];
}
