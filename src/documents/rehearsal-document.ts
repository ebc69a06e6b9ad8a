import type { LeftBehind } from '../domain/errors.js';
import type { RehearsalOutcome } from '../domain/restore/rehearse-restore.js';
import { locationWord } from '../domain/values/archive-location.js';
import { type RejoinDocument, rejoinDocument } from './rejoin-document.js';

/** A rehearsal that succeeded, for a program. */
export interface RehearsalDocument {
  readonly archive: string;
  readonly restores: true;
  readonly cluster_id: string;
  readonly snapshot_index: bigint;
  readonly snapshot_term: bigint;
  /** RFC 3339, as in the archive. */
  readonly taken_at: string;
  readonly snapshot_size_bytes: number;
  /** The checks that passed, one sentence each. */
  readonly checks: readonly string[];
  /** `names` holds the first twenty. */
  readonly deployments: { readonly count: number; readonly names: readonly string[] };
  readonly rejoin: readonly RejoinDocument[];
  /** What every restore of the archive would warn of, a sentence each; absent if there is nothing. */
  readonly warnings?: readonly string[];
  /** Temporary files that could not be removed; absent if all were removed. */
  readonly left_behind?: readonly LeftBehind[];
}

/** What a rehearsal showed, as data for a program. */
export function rehearsalDocument({ restored, checks, deployments, leftBehind }: RehearsalOutcome): RehearsalDocument {
  const { archive, metadata } = restored.plan;
  return {
    archive: locationWord(archive),
    restores: true,
    cluster_id: metadata.clusterId,
    snapshot_index: metadata.snapshotIndex,
    snapshot_term: metadata.snapshotTerm,
    taken_at: metadata.takenAt,
    snapshot_size_bytes: restored.snapshotSizeBytes,
    checks,
    deployments,
    rejoin: rejoinDocument(restored.rejoin),
    ...(restored.archiveWarnings.length === 0
      ? {}
      : { warnings: restored.archiveWarnings.map(({ sentence }) => sentence) }),
    ...(leftBehind.length === 0 ? {} : { left_behind: leftBehind }),
  };
}
