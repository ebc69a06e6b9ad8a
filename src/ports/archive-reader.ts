import type { SnapshotMetadata } from '../domain/archive/snapshot-metadata.js';
import type { BackupFacts, OpenedBackup } from './backup-store.js';

/** An archive whose metadata has been read. */
export interface OpenedArchive {
  readonly metadata: SnapshotMetadata;
  /**
   * The very bytes of meta.json, at most 64 KiB. A sealed snapshot is bound to them, so that one of white space more or less
   * makes another archive.
   */
  readonly metadataBytes: Uint8Array;
  /**
   * The bytes of snapshot.bin, streamed; may be iterated once. The iteration ends only after the rest of the archive,
   * to its last byte, has been found good: what was consumed before an error must be thrown away.
   * @throws archive_unreadable, archive_rejected, archive_too_large
   */
  readonly snapshot: AsyncIterable<Uint8Array>;
  /** What the archive was read from; may be asked once `snapshot` has ended. */
  file(): ArchiveFileFacts;
  /** Ends the reading and closes the bytes. Safe to call more than once. */
  close(): Promise<void>;
}

/** What an archive was read from, to the end. */
export interface ArchiveFileFacts extends BackupFacts {
  /** How many zero bytes follow the archive, as tapes and block devices leave them; inside the encryption, where there is one. */
  readonly paddingBytes: number;
}

/** Reads backup archives, wherever their bytes come from. */
export interface ArchiveReader {
  /**
   * Takes over the bytes of an archive, its entries in either order, and reads its metadata. It closes them where it
   * refuses; otherwise the caller closes the archive, and the bytes with it.
   * @throws archive_rejected    the bytes are not an archive, or meta.json is not metadata; or they can be read once only,
   *   and the snapshot stands first
   * @throws archive_too_large   the snapshot stands first, and is larger than the limit
   * @throws what reading the bytes throws
   */
  open(backup: OpenedBackup): Promise<OpenedArchive>;
}
