import type { SnapshotMetadata } from '../domain/archive/snapshot-metadata.js';

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
  /** What the file itself is; may be asked once `snapshot` has ended. */
  file(): ArchiveFileFacts;
  /** Releases the file. Safe to call more than once. */
  close(): Promise<void>;
}

/** A file that was read to its end. */
export interface ArchiveFileFacts {
  /** As it is kept: compressed, and encrypted where it is. */
  readonly sizeBytes: number;
  /** Hexadecimal; undefined unless it was asked for when the archive was opened. */
  readonly sha256: string | undefined;
  /** How many zero bytes follow the archive, as tapes and block devices leave them; inside the encryption, where there is one. */
  readonly paddingBytes: number;
}

/** Reads backup archives from where the operator keeps them. */
export interface ArchiveReader {
  /**
   * Opens an archive, its entries in either order, and reads its metadata. The caller closes what it gets. `fingerprint`
   * asks for the SHA-256 of the file, which takes time.
   * @throws archive_unreadable  there is no such file, or it cannot be read
   * @throws archive_rejected    the bytes are not an archive, or meta.json is not metadata
   * @throws archive_too_large   the snapshot stands first, and is larger than the limit
   */
  open(path: string, options?: { readonly fingerprint?: boolean }): Promise<OpenedArchive>;
}
