import type { KnownFacts } from '../domain/archive/snapshot-metadata.js';

/** The facts about a snapshot in every document. */
export interface DocumentedFacts {
  readonly cluster_id: string;
  readonly snapshot_index: bigint;
  readonly snapshot_term: bigint;
  /** RFC 3339, as in the archive. */
  readonly taken_at: string;
  /** The daemon's, as in the archive. */
  readonly jaco_version: string;
  /** host:port of the leader's raft transport. */
  readonly leader_at_snapshot: string;
}

/**
 * The facts of a snapshot as JSON documents show them. Their form is older than schemas with unknown facts: an empty
 * text, or 0, which no raft snapshot has, means unknown.
 */
export function documentedFacts(facts: KnownFacts): DocumentedFacts {
  return {
    cluster_id: facts.clusterId ?? '',
    snapshot_index: facts.snapshotIndex ?? 0n,
    snapshot_term: facts.snapshotTerm ?? 0n,
    taken_at: facts.takenAt ?? '',
    jaco_version: facts.jacoVersion ?? '',
    leader_at_snapshot: facts.leaderAtSnapshot ?? '',
  };
}
