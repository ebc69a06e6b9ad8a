/** A file that was found beside a backup. */
export interface FoundFile {
  readonly name: string;
  /** By which an archive reader opens it. */
  readonly path: string;
  /** Names this very file, so that another one that has taken its path since is not taken for it. */
  readonly identity: string;
}

/** The directory in which backups are kept, seen from the one that was just written. */
export interface BackupDirectory {
  /**
   * The regular files in the directory of the backup at `written`, by name, without that backup itself under whatever
   * name it can be found. Symbolic links are not followed and not listed.
   * @throws permission_denied, storage_failed
   */
  listBeside(written: string): Promise<readonly FoundFile[]>;
  /**
   * Removes a file that was found. When the promise resolves with true, it is gone for good, also after a power cut; with
   * false, another file or none is at its path by now, and nothing was done.
   * @throws permission_denied, storage_failed
   */
  remove(file: FoundFile): Promise<boolean>;
}
