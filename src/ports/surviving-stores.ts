import type { FirstCommands } from '../domain/restore/first-commands.js';
import type { FileOwner, RaftVoter } from '../domain/restore/raft-store-seed.js';
import type { SnapshotVisitor } from '../domain/state/snapshot-content.js';
import type { StagedRaftStore } from './raft-store-initializer.js';

/** Sees the content of a store, in the order in which a daemon would load it. */
export interface StoreVisitor extends SnapshotVisitor {
  /**
   * The command of a log entry after the snapshot.
   * @returns false if a daemon does not write such a command
   */
  command(data: Uint8Array): boolean;
}

/** A member of a raft configuration. */
export interface RaftMember extends RaftVoter {
  readonly suffrage: 'voter' | 'nonvoter' | 'staging';
}

/** The content of a store as a daemon that boots it would see it. */
export interface StoreSurvey<Visitor> {
  /** The snapshot that the state begins with; undefined if the whole state is in the log. */
  readonly snapshot: { readonly id: string; readonly index: bigint; readonly term: bigint } | undefined;
  /** The visitor that has seen that snapshot and every later command. */
  readonly visitor: Visitor;
  /** The index of the last entry, or of the snapshot if no entry follows it; 0 without either. */
  readonly lastIndex: bigint;
  readonly lastTerm: bigint;
  readonly currentTerm: bigint;
  /** How many entries follow the snapshot. */
  readonly entriesBehind: bigint;
  /** The time of the last of them that has one, in milliseconds since 1970. */
  readonly lastAppendedAtMs: number | undefined;
  /** The members in the newest configuration, which a daemon uses whether it was committed or not. */
  readonly members: readonly RaftMember[];
  /** Why newer snapshots cannot be used, newest first, a sentence each. */
  readonly passedOver: readonly string[];
}

/** What a recovered store holds in addition to the content of the surviving one. */
export interface RecoveredStoreSeed {
  /** The data directory; the store becomes its subdirectory `raft`. */
  readonly dataDirectory: string;
  readonly owner: FileOwner | undefined;
  /** The only member of the recovered cluster. */
  readonly voter: RaftVoter;
  /**
   * Of the configuration that makes it the only member, after the last entry; the term is the stable store's
   * CurrentTerm too.
   */
  readonly index: bigint;
  readonly term: bigint;
}

/**
 * The raft store of a node whose cluster has lost its quorum, opened for reading. It is never changed.
 */
export interface SurvivingStore {
  /** Absolute. */
  readonly raftDirectory: string;
  /**
   * Reads everything, as a daemon does at boot. `begin` makes a visitor; if a snapshot turns out to be damaged, an
   * older one is tried with a new visitor.
   * @throws store_damaged  a daemon would not boot it
   * @throws daemon_running, permission_denied, storage_failed
   */
  survey<Visitor extends StoreVisitor>(begin: () => Visitor, signal: AbortSignal): Promise<StoreSurvey<Visitor>>;
  /**
   * Builds a store of everything that was surveyed, next to its final place, on stable storage: after the last entry a
   * configuration with the one voter, and after that the commands. Holds a lock against other restores until commit or
   * discard; after any failure the staging directory is gone, or the error names it as left behind. Must come after
   * {@link survey}.
   * @throws store_damaged      the surviving store has changed since it was surveyed
   * @throws in_progress, raft_store_exists, daemon_running, permission_denied, storage_failed
   * @throws interrupted        `signal` fired
   */
  stage(seed: RecoveredStoreSeed, commands: FirstCommands, signal: AbortSignal): Promise<StagedRaftStore>;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/** Finds what nodes have left on disks. */
export interface SurvivingStores {
  /**
   * Opens the store at `path`, a data directory or the raft directory in one.
   * @throws store_missing       there is no raft store
   * @throws daemon_running      a daemon has it open
   * @throws schema_unsupported  it is sealed
   * @throws store_damaged, permission_denied, storage_failed
   */
  open(path: string): Promise<SurvivingStore>;
}
