import type { KnownFacts } from '../domain/archive/snapshot-metadata.js';

/**
 * The facts of a snapshot as JSON documents show them. Their form is older than schemas of which only a part may be known: an
 * empty text, and a 0 that no raft snapshot has, stand for what is not.
 */
export function documentedFacts(facts: KnownFacts) {
  return {
    cluster_id: facts.clusterId ?? '',
    snapshot_index: facts.snapshotIndex ?? 0n,
    snapshot_term: facts.snapshotTerm ?? 0n,
    taken_at: facts.takenAt ?? '',
    jaco_version: facts.jacoVersion ?? '',
    leader_at_snapshot: facts.leaderAtSnapshot ?? '',
  };
}
