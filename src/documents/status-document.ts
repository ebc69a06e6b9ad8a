import { type ClusterStatus, leaderOf } from '../domain/cluster/cluster-status.js';

/** A cluster's status as data for a program; `leader` is the leader's hostname, or its address when no node has it. */
export function statusDocument(status: ClusterStatus) {
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

/** The leader's hostname, or its address when no node has it. */
export function leaderName(status: ClusterStatus): string {
  return leaderOf(status)?.hostname ?? status.leader;
}
