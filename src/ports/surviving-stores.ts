import type { FirstCommands } from '../domain/restore/first-commands.js';
import type { FileOwner, RaftVoter } from '../domain/restore/raft-store-seed.js';
import type { SnapshotVisitor } from '../domain/state/snapshot-content.js';
import type { StagedRaftStore } from './raft-store-initializer.js';

/** Who looks at what a store holds, in the order in which a daemon would take it in. */
export interface StoreVisitor extends SnapshotVisitor {
  /**
   * The command of a log entry behind the snapshot.
   * @returns false where it is none that a daemon writes
   */
  command(data: Uint8Array): boolean;
}

/** A member of a raft configuration. */
export interface RaftMember extends RaftVoter {
  readonly suffrage: 'voter' | 'nonvoter' | 'staging';
}

/** What a store comes to when a daemon boots it. */
export interface StoreSurvey<Visitor> {
  /** The snapshot that the state begins with; undefined where the whole state is in the log. */
  readonly snapshot: { readonly id: string; readonly index: bigint; readonly term: bigint } | undefined;
  /** Who has seen that snapshot and every command behind it. */
  readonly visitor: Visitor;
  /** Of the last entry, or of the snapshot where none is behind it; 0 where there is neither. */
  readonly lastIndex: bigint;
  readonly lastTerm: bigint;
  readonly currentTerm: bigint;
  /** How many entries stand behind the snapshot. */
  readonly entriesBehind: bigint;
  /** When the last of them that has a time was appended, milliseconds since 1970. */
  readonly lastAppendedAtMs: number | undefined;
  /** The members by the newest configuration, which a daemon takes whether it was committed or not. */
  readonly members: readonly RaftMember[];
  /** Why newer snapshots cannot be used, newest first, a sentence each. */
  readonly passedOver: readonly string[];
}

/** What a recovered store is made of, beside what the surviving one holds. */
export interface RecoveredStoreSeed {
  /** The data directory; the store becomes its subdirectory `raft`. */
  readonly dataDirectory: string;
  readonly owner: FileOwner | undefined;
  /** The only member of the recovered cluster. */
  readonly voter: RaftVoter;
  /** Of the configuration that makes it that, behind the last entry; it is the stable store's CurrentTerm too. */
  readonly index: bigint;
  readonly term: bigint;
}

/**
 * The raft store of a node whose cluster has lost its quorum, opened for reading. Nothing of it is ever changed.
 */
export interface SurvivingStore {
  /** Absolute. */
  readonly raftDirectory: string;
  /**
   * Reads everything, as a daemon does at its boot. `begin` makes a visitor; where a snapshot turns out to be damaged on the
   * way, an older one is tried with another.
   * @throws store_damaged  a daemon would not boot it
   * @throws daemon_running, permission_denied, storage_failed
   */
  survey<Visitor extends StoreVisitor>(begin: () => Visitor, signal: AbortSignal): Promise<StoreSurvey<Visitor>>;
  /**
   * Builds a store of all that was surveyed, beside its final place, on stable storage: behind the last entry a configuration
   * with the one voter, and behind that the commands. Holds a lock against other restores until commit or discard; after any
   * failure the staging directory is gone, or the error names it as left behind. Must come after {@link survey}.
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
