import { stringify } from 'lossless-json';
import type { SnapshotMetadata } from '../../src/domain/archive/snapshot-metadata.js';

/** Metadata of schema 1 as a daemon writes it, but for what `changes` says. */
export function metadataWith(changes: Partial<SnapshotMetadata> = {}): SnapshotMetadata {
  return {
    schemaVersion: 1,
    clusterId: 'c-7f3a',
    snapshotIndex: 1000n,
    snapshotTerm: 7n,
    jacoVersion: 'v0.3.9',
    takenAt: '2026-05-25T03:00:00Z',
    leaderAtSnapshot: '10.0.0.7:7001',
    ...changes,
  };
}

/** The same as the text of a meta.json. */
export function metadataJson(metadata: SnapshotMetadata): string {
  return `${stringify({
    schema_version: metadata.schemaVersion,
    cluster_id: metadata.clusterId,
    snapshot_index: metadata.snapshotIndex,
    snapshot_term: metadata.snapshotTerm,
    jaco_version: metadata.jacoVersion,
    taken_at: metadata.takenAt,
    leader_at_snapshot: metadata.leaderAtSnapshot,
  })}\n`;
}
