import type { Parting, StoreComparison } from '../domain/recovery/compare-stores.js';

/** Several stores of one cluster, for a program. */
export interface ComparisonDocument {
  readonly cluster_id: string;
  /** The raft directory to recover from; null where the stores are forks, of which raft's rule tells nothing. */
  readonly best: string | null;
  /** Whether two of them are forks: since the entry they part at, each went its own way. */
  readonly forks: boolean;
  /** By term and index, the best one first. */
  readonly stores: readonly ComparedStoreDocument[];
}

/** How far one of them goes. */
export interface ComparedStoreDocument {
  readonly raft_directory: string;
  readonly last_index: bigint;
  readonly last_term: bigint;
  /** RFC 3339, UTC; null if no entry after its snapshot has a time. */
  readonly last_appended_at: string | null;
  /** Whether damage has taken entries away. */
  readonly damaged: boolean;
  /** The last index whose entry it shares with the best one; null for that one itself, and if the snapshots hide it. */
  readonly common_index: bigint | null;
  /** Whether it goes on with entries that the best one does not have; null if the snapshots hide it. */
  readonly differs: boolean | null;
  /** Whether it and the best one have different entries of one index and term, so that raft does not tell which to take. */
  readonly forked: boolean;
}

/** A comparison as data for a program. */
export function comparisonDocument({ clusterId, stores }: StoreComparison): ComparisonDocument {
  const forks = stores.some(({ parting }) => parting?.kind === 'forked');
  return {
    cluster_id: clusterId,
    best: forks ? null : (stores[0]?.raftDirectory ?? null),
    forks,
    stores: stores.map(({ raftDirectory, lastIndex, lastTerm, lastAppendedAtMs, lossy, parting }) => ({
      raft_directory: raftDirectory,
      last_index: lastIndex,
      last_term: lastTerm,
      last_appended_at: lastAppendedAtMs === undefined ? null : new Date(lastAppendedAtMs).toISOString(),
      damaged: lossy,
      common_index: commonIndexOf(parting),
      differs: parting?.kind === 'hidden' ? null : parting?.kind === 'differs' || parting?.kind === 'forked',
      forked: parting?.kind === 'forked',
    })),
  };
}

function commonIndexOf(parting: Parting | undefined): bigint | null {
  return parting === undefined || parting.kind === 'hidden' ? null : (parting.index ?? null);
}
