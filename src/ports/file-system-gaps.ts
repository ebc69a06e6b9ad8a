/** What a file system did not do as asked, although nothing failed. */
export interface FileSystemGaps {
  /**
   * Directories on file systems that report that they cannot sync directories, like some of FUSE, CIFS and shared
   * folders; each once. What was written there is in place, but whether it survives a power cut depends on that file
   * system.
   */
  unsyncedDirectories(): readonly string[];
  /**
   * Directories in which a new file or directory was open to more users than asked, because their file system keeps no
   * permissions, like NTFS, CIFS and shared folders by their mount options; each once.
   */
  openedDirectories(): readonly string[];
}
