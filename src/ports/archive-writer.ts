import type { ArchiveLocation } from '../domain/values/archive-location.js';

/** An archive that is on stable storage. */
export interface StoredArchive {
  readonly location: ArchiveLocation;
  readonly sizeBytes: number;
}

/** How an archive is written. */
export interface WriteOptions {
  /**
   * Whether a symbolic link at the destination leads to the file that is written (by default it does). Otherwise the new
   * file replaces the link itself: needed where the destination's name is not the operator's, so that another user, who
   * may write that directory, could have put a link there.
   */
  readonly followsLinks?: boolean;
}

/**
 * Puts one archive on stable storage. Either the whole archive appears at the destination, or nothing does. `Location`
 * is the kind of location that an implementation can write to.
 */
export interface ArchiveWriter<Location extends ArchiveLocation = ArchiveLocation> {
  /**
   * Consumes `archive` to its end, with back-pressure. When the promise resolves, a file (mode 0600) and its directory
   * entry are durable. Rethrows what `archive` throws. After any failure nothing new is left behind, and an earlier
   * file at `destination` is untouched, with one exception: the whole new file has replaced it, but could not be made
   * durable. The error then says so. A stream keeps nothing: its bytes cannot be taken back, and its reader learns of a
   * failure in another way.
   * @throws request_invalid    `destination` is a directory or another thing that cannot be replaced by a file
   * @throws in_progress        another process is writing to `destination`
   * @throws permission_denied, storage_failed  creating, writing, syncing or renaming failed
   * @throws interrupted        `signal` fired before the file appeared
   */
  write(
    destination: Location,
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    options?: WriteOptions,
  ): Promise<StoredArchive>;
}
