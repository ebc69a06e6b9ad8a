import type { SnapshotMetadata } from '../domain/archive/snapshot-metadata.js';

/** What a whole, undamaged archive holds. */
export interface ArchiveSummary {
  readonly metadata: SnapshotMetadata;
  /** Of snapshot.bin, as it is kept. */
  readonly snapshotSizeBytes: number;
  /** Whether the state was read. It is not if it is sealed and there is no ring, or if the schema is unknown. */
  readonly stateVerified: boolean;
}

/** An archive on its way through verification. */
export interface VerifiedPassage {
  /**
   * The archive's bytes, unchanged. The iteration ends only when the whole archive is verified.
   * @throws archive_rejected, archive_too_large, snapshot_rejected, keyring_mismatch  as soon as the bytes
   *   show it, at the latest instead of the end
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What was found; available once `bytes` has ended. */
  summary(): ArchiveSummary;
}

/** Verifies an archive while its bytes pass, without holding or changing them. */
export interface ArchiveVerifier {
  /** Takes the archive's bytes; pulls nothing before the caller pulls from `bytes`. */
  verify(archive: AsyncIterable<Uint8Array>): VerifiedPassage;
}
