import { type ClusterStatus, leaderOf, type Suffrage } from '../domain/cluster/cluster-status.js';

/** A cluster's status for a program. */
export interface StatusDocument {
  readonly initialized: boolean;
  /** The leader's hostname, or its address if no node has it; empty without a leader. */
  readonly leader: string;
  readonly raft_index: bigint;
  readonly nodes: readonly {
    readonly hostname: string;
    /** host:port of its raft transport. */
    readonly address: string;
    readonly status: string;
    readonly suffrage: Suffrage;
  }[];
}

/** A cluster's status as data for a program. */
export function statusDocument(status: ClusterStatus): StatusDocument {
  return {
    initialized: status.initialized,
    leader: leaderName(status),
    raft_index: status.raftIndex,
    nodes: status.nodes.map(({ hostname, address, status: state, suffrage }) => ({
      hostname,
      address,
      status: state,
      suffrage,
    })),
  };
}

/** The leader's hostname, or its address if no node has it; empty without a leader. */
export function leaderName(status: ClusterStatus): string {
  return leaderOf(status)?.hostname ?? status.leader;
}
