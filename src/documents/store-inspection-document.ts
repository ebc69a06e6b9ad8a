import type { StoreInspection } from '../domain/recovery/inspect-store.js';
import type { CommandCount } from '../domain/recovery/store-findings.js';
import { type LossDocument, lossDocument } from './recovery-document.js';

/** What the raft store of a node holds, for a program. */
export interface StoreInspectionDocument {
  readonly raft_directory: string;
  readonly sealed: boolean;
  /** Null if the store is sealed and no keyring is at hand, if it holds no cluster, or if damage leaves nothing to begin with. */
  readonly cluster_id: string | null;
  readonly current_term: bigint;
  /** Null if the node has taken part in no election. */
  readonly last_vote: { readonly term: bigint; readonly candidate: string | null } | null;
  /** Null if the log is empty or cannot be read. */
  readonly log: { readonly first: bigint; readonly last: bigint } | null;
  /** The newest first. */
  readonly snapshots: readonly {
    readonly id: string;
    readonly index: bigint;
    readonly term: bigint;
    readonly size_bytes: number;
  }[];
  /** Directories of snapshots whose meta.json cannot be read. */
  readonly skipped_snapshots: readonly string[];
  /** The rest is null if the store is sealed and no keyring is at hand, and if damage leaves nothing to begin with. */
  readonly last_index: bigint | null;
  readonly last_term: bigint | null;
  readonly last_appended_at: string | null;
  readonly entries_behind_snapshot: bigint | null;
  readonly commands_behind_snapshot: readonly CommandCount[] | null;
  readonly members: readonly { readonly id: string; readonly address: string; readonly suffrage: string }[] | null;
  /** A sentence each. */
  readonly damage: readonly string[];
  readonly lost: LossDocument | null;
}

/** What a store holds, as data for a program. */
export function storeInspectionDocument({
  raftDirectory,
  records,
  survey,
  ruin,
}: StoreInspection): StoreInspectionDocument {
  const { sealed, currentTerm, lastVote, logRange, snapshots, skippedSnapshots } = records;
  const at = survey?.lastAppendedAtMs;
  return {
    raft_directory: raftDirectory,
    sealed,
    cluster_id: survey?.visitor.clusterId() || null,
    current_term: currentTerm,
    last_vote: lastVote === undefined ? null : { term: lastVote.term, candidate: lastVote.candidate ?? null },
    log: logRange === undefined ? null : { first: logRange.first, last: logRange.last },
    snapshots: snapshots.map(({ id, index, term, sizeBytes }) => ({ id, index, term, size_bytes: sizeBytes })),
    skipped_snapshots: skippedSnapshots,
    last_index: survey?.lastIndex ?? null,
    last_term: survey?.lastTerm ?? null,
    last_appended_at: at === undefined ? null : new Date(at).toISOString(),
    entries_behind_snapshot: survey?.entriesBehind ?? null,
    commands_behind_snapshot: survey?.visitor.kinds() ?? null,
    members: survey?.members.map(({ id, address, suffrage }) => ({ id, address, suffrage })) ?? null,
    damage: ruin === undefined ? (survey?.faults ?? []) : [ruin],
    lost: lossDocument(survey?.lost),
  };
}
