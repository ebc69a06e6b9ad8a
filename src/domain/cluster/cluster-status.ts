/** How a node takes part in raft; "unknown" if the daemon does not report it. */
export type Suffrage = 'voter' | 'nonvoter' | 'unknown';

/** One node as the cluster's state records it. */
export interface ClusterNode {
  readonly hostname: string;
  /** Raft transport address, host:port. */
  readonly address: string;
  /**
   * Lower case, for example "ready" or "joining"; "unspecified" or "unknown" if the daemon reports no status that we
   * know.
   */
  readonly status: string;
  readonly suffrage: Suffrage;
  /** Address of the node's gRPC service, host:port; empty if the daemon does not report it. */
  readonly grpcAddress: string;
}

/** A cluster as one of its nodes sees it. */
export interface ClusterStatus {
  readonly initialized: boolean;
  /** The leader's raft address; empty while there is none. */
  readonly leader: string;
  /** uint64. */
  readonly raftIndex: bigint;
  readonly nodes: readonly ClusterNode[];
}

/** The node that leads, when the status names it. */
export function leaderOf(status: ClusterStatus): ClusterNode | undefined {
  if (status.leader === '') return undefined;
  return status.nodes.find((node) => node.address === status.leader || node.hostname === status.leader);
}

/**
 * What an operator might misread in a status, as sentences. Each was seen on a daemon: docs/behaviour.md, "What the
 * daemon reports about a cluster".
 */
export function statusNotes(status: ClusterStatus): readonly string[] {
  if (!status.initialized) {
    return [
      "a daemon that cannot read its data directory, or cannot open its raft store, says this too: if this node belongs to a cluster, look at the daemon's log before you initialise anything",
    ];
  }
  if (status.leader === '') {
    return [
      'there is no leader. An election takes about a second; if it lasts, a majority of the voters is missing, or this host no longer has the name of a voter. Where a majority is gone for good, the cluster can go on from what the disk of one node has left',
    ];
  }
  const leader = leaderOf(status);
  if (leader === undefined) {
    return ['the leader is not in the list of nodes: nodes that join cannot start their containers while it leads'];
  }
  if (status.nodes.some(({ suffrage }) => suffrage !== 'unknown')) return [];
  return [`only the leader knows who votes: ask ${leader.hostname} (${leader.grpcAddress || leader.address})`];
}
