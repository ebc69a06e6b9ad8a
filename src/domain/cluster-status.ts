/** How a node takes part in raft; "unknown" where the daemon does not report it. */
export type Suffrage = 'voter' | 'nonvoter' | 'unknown';

/** One node as the cluster's state records it. */
export interface ClusterNode {
  readonly hostname: string;
  /** Raft transport address, host:port. */
  readonly address: string;
  /** Lower case, for example "ready" or "joining"; "unspecified" or "unknown" where the daemon gives none that we know. */
  readonly status: string;
  readonly suffrage: Suffrage;
  /** Address of the node's gRPC service, host:port; empty where the daemon does not report it. */
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
