/**
 * The names inside a data directory, each spelled here and nowhere else: `raft` and `node` are the daemon's (wire facts,
 * section 3), what ends in `.restoring` is ours and never outlives a restore that succeeded. The marker's name is beside the
 * marker.
 */
export const dataDirectoryNames = {
  raft: 'raft',
  /** Where a raft directory is built before one rename makes it `raft`. */
  stagedRaft: 'raft.restoring',
  node: 'node',
  /** The record of an identity that is being installed in `node`. */
  nodeRecord: 'node.restoring',
} as const;

/** Behind the name of a file of `node` while it is written. */
export const unfinishedNodeFile = '.restoring';

/** The names inside a raft directory (hashicorp/raft v1.7 file_snapshot.go, raft-boltdb as the daemon opens it). */
export const raftDirectoryNames = {
  logStore: 'log.db',
  /** Holds a directory for each snapshot, called by its id. */
  snapshots: 'snapshots',
  snapshotMeta: 'meta.json',
  snapshotState: 'state.bin',
  /** Behind the id of a snapshot that is not whole yet. */
  unfinishedSnapshot: '.tmp',
} as const;

/** The log store of a data directory, as a path inside it. A daemon has it open once it is a member of a cluster. */
export const logStorePath = `${dataDirectoryNames.raft}/${raftDirectoryNames.logStore}`;

/** The directory of the snapshot called `id`, and its two files, as paths inside a raft directory. */
export function snapshotPaths(id: string) {
  const directory = `${raftDirectoryNames.snapshots}/${id}`;
  return {
    directory,
    meta: `${directory}/${raftDirectoryNames.snapshotMeta}`,
    state: `${directory}/${raftDirectoryNames.snapshotState}`,
  } as const;
}
