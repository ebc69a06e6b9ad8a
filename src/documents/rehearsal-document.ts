import type { RehearsalOutcome } from '../domain/restore/rehearse-restore.js';

/** What a rehearsal showed, as data for a program. */
export function rehearsalDocument({ restored, checks, deployments }: RehearsalOutcome) {
  const { archive, metadata } = restored.plan;
  return {
    archive,
    restores: true,
    cluster_id: metadata.clusterId,
    snapshot_index: metadata.snapshotIndex,
    snapshot_term: metadata.snapshotTerm,
    taken_at: metadata.takenAt,
    snapshot_size_bytes: restored.snapshotSizeBytes,
    checks,
    deployments,
    rejoin: restored.rejoin.map(({ hostname, address }) => ({ hostname, address })),
  };
}
