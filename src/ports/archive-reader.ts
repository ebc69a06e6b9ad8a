import type { SnapshotMetadata } from '../domain/archive/snapshot-metadata.js';
import type { BackupFacts, OpenedBackup } from './backup-store.js';

/** An archive whose metadata has been read. */
export interface OpenedArchive {
  readonly metadata: SnapshotMetadata;
  /**
   * The exact bytes of meta.json, at most 64 KiB. A sealed snapshot is bound to them: even one byte of white space
   * makes a difference.
   */
  readonly metadataBytes: Uint8Array;
  /** The size of snapshot.bin, as the archive announces it; `snapshot` yields exactly that, or fails. */
  readonly snapshotSizeBytes: number;
  /**
   * The bytes of snapshot.bin, streamed; may be iterated once. The iteration ends only after the rest of the archive is
   * verified to its last byte: the consumer must discard what it got before an error.
   * @throws archive_unreadable, archive_rejected, archive_too_large
   */
  readonly snapshot: AsyncIterable<Uint8Array>;
  /** Facts about the file; available once `snapshot` has ended. */
  file(): ArchiveFileFacts;
  /** Stops reading and closes the bytes. Safe to call more than once. */
  close(): Promise<void>;
}

/** Facts about a file that was read to its end. */
export interface ArchiveFileFacts extends BackupFacts {
  /**
   * How many zero bytes follow the archive, as tapes and block devices leave them; inside the encryption, if it is
   * encrypted.
   */
  readonly paddingBytes: number;
}

/** Reads backup archives from bytes of any source. */
export interface ArchiveReader {
  /**
   * Takes over the bytes of an archive, with its entries in either order, and reads its metadata. Closes the bytes if
   * it refuses; otherwise the caller closes the archive, and the bytes with it.
   * @throws archive_rejected  the bytes are not an archive, or meta.json is not metadata; or the bytes can be read only
   * once, and the snapshot comes first
   * @throws archive_too_large   the snapshot comes first, and is larger than the limit
   * @throws what reading the bytes throws
   */
  open(backup: OpenedBackup): Promise<OpenedArchive>;
}
