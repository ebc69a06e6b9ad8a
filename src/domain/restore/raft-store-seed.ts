import type { RaftStoreSeal } from '../../ports/raft-store-seal.js';

/** The user and group that should own the files. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** One voting member of a raft configuration. */
export interface RaftVoter {
  /** The raft local id: the daemon's hostname. */
  readonly id: string;
  /** host:port of the raft transport, which other nodes can dial. */
  readonly address: string;
}

/** Everything that goes into a fresh raft store, apart from the snapshot's bytes. */
export interface RaftStoreSeed {
  /** The data directory; the store becomes its subdirectory `raft`. */
  readonly dataDirectory: string;
  /** `<term>-<index>-<unix ms>`, the name of the snapshot's directory (hashicorp/raft v1.7 file_snapshot.go). */
  readonly snapshotId: string;
  readonly index: bigint;
  /**
   * The snapshot's term, and at the same time the stable store's CurrentTerm. Without the latter the node would elect
   * itself at term 1, and every later snapshot would sort as older than this one.
   */
  readonly term: bigint;
  /**
   * The index at which the configuration counts as committed. 1: before everything that the new node will ever write,
   * so that the old membership is gone.
   */
  readonly configurationIndex: bigint;
  /** The only member of the restored cluster. */
  readonly voter: RaftVoter;
  /** How the daemon that will boot the store seals its content. */
  readonly seal: RaftStoreSeal;
  /** The owner of the files; undefined: the user who runs the restore. */
  readonly owner: FileOwner | undefined;
}
