/**
 * The names inside a data directory, each defined only here: `raft` and `node` are the daemon's (wire facts, section
 * 3); names that end in `.restoring` are ours and do not outlive a restore that succeeded; a store that a recovery has
 * replaced is kept. The marker's name is defined with the marker.
 */
export const dataDirectoryNames = {
  raft: 'raft',
  /** Where a raft directory is built before one rename makes it `raft`. */
  stagedRaft: 'raft.restoring',
  /** Before the time, in milliseconds since 1970, at which a recovery put another store into the place of this one. */
  keptRaft: 'raft.before-recovery-',
  node: 'node',
  /** The record of an identity that is being installed in `node`. */
  nodeRecord: 'node.restoring',
} as const;

/** The suffix of a file in `node` while it is written. */
export const unfinishedNodeFile = '.restoring';

/** The names inside a raft directory (hashicorp/raft v1.7 file_snapshot.go, raft-boltdb as the daemon opens it). */
export const raftDirectoryNames = {
  logStore: 'log.db',
  /** Holds a directory for each snapshot, named by its id. */
  snapshots: 'snapshots',
  snapshotMeta: 'meta.json',
  snapshotState: 'state.bin',
  /** The suffix of a snapshot that is not complete yet. */
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
