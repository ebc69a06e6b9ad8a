import type { SnapshotMetadata } from '../domain/snapshot-metadata.js';

/** An archive whose metadata has been read. */
export interface OpenedArchive {
  readonly metadata: SnapshotMetadata;
  /**
   * The bytes of snapshot.bin, streamed; may be iterated once. The iteration ends only after the rest of the archive,
   * to its last byte, has been found good: what was consumed before an error must be thrown away.
   * @throws archive_unreadable, archive_rejected, archive_too_large
   */
  readonly snapshot: AsyncIterable<Uint8Array>;
  /** Releases the file. Safe to call more than once. */
  close(): Promise<void>;
}

/** Reads backup archives from where the operator keeps them. */
export interface ArchiveReader {
  /**
   * Opens an archive, its entries in either order, and reads its metadata. The caller closes what it gets.
   * @throws archive_unreadable  there is no such file, or it cannot be read
   * @throws archive_rejected    the bytes are not an archive, or meta.json is not metadata
   * @throws archive_too_large   the snapshot stands first, and is larger than the limit
   */
  open(path: string): Promise<OpenedArchive>;
}
