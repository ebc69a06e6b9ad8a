/** What was written and could not be made durable, although nothing failed. */
export interface DurabilityGaps {
  /**
   * Directories of which the file system says that it cannot sync any, as some of FUSE, CIFS and shared folders do; each
   * once. What was written there is in its place, and whether it outlives a power cut is up to that file system.
   */
  unsyncedDirectories(): readonly string[];
}
