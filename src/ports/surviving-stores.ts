import type { FirstCommands } from '../domain/restore/first-commands.js';
import type { FileOwner, RaftVoter } from '../domain/restore/raft-store-seed.js';
import type { SnapshotVisitor } from '../domain/state/snapshot-content.js';
import type { StagedRaftStore } from './raft-store-initializer.js';

/** Sees the content of a store, in the order in which a daemon would load it. */
export interface StoreVisitor extends SnapshotVisitor {
  /**
   * The command of a log entry after the snapshot: `bytes` from `start` to `end`, which hold until it returns.
   * @returns false if a daemon does not write such a command
   */
  command(bytes: Uint8Array, start: number, end: number): boolean;
}

/** A member of a raft configuration. */
export interface RaftMember extends RaftVoter {
  readonly suffrage: 'voter' | 'nonvoter' | 'staging';
}

/** The content of a store as a daemon that boots it would see it, as far as it can be read without a gap. */
export interface StoreSurvey<Visitor> {
  /** The snapshot that the state begins with; undefined if the whole state is in the log. */
  readonly snapshot: { readonly id: string; readonly index: bigint; readonly term: bigint } | undefined;
  /** The visitor that has seen that snapshot and every later command. */
  readonly visitor: Visitor;
  /** The index of the last entry, or of the snapshot if no entry follows it; 0 without either. */
  readonly lastIndex: bigint;
  readonly lastTerm: bigint;
  /** 0 where it cannot be read. */
  readonly currentTerm: bigint;
  /** How many entries follow the snapshot. */
  readonly entriesBehind: bigint;
  /** The time of the last of them that has one, in milliseconds since 1970. */
  readonly lastAppendedAtMs: number | undefined;
  /** About how large a store of all of this is, in bytes. */
  readonly sizeBytes: number;
  /** The members in the newest configuration, which a daemon uses whether it was committed or not. */
  readonly members: readonly RaftMember[];
  /** What is damaged and costs nothing, a sentence each: a newer snapshot whose place an older one and the log take. */
  readonly faults: readonly string[];
  /** What damage has taken away; undefined where every entry is there. */
  readonly lost: LostEntries<Visitor> | undefined;
}

/** The position of a log entry; two logs of one cluster that was never forked have the same entry at an index if its term is the same. */
export interface LogPosition {
  readonly index: bigint;
  readonly term: bigint;
}

/** A log entry, told from others without its content. */
export interface LogEntryMark extends LogPosition {
  /** A digest of its type and data in the clear, without the time: two entries of one digest say the same. */
  readonly digest: string;
}

/** What the files of a store say of themselves; their content has not been looked at. */
export interface StoreRecords {
  /** Whether the content is encrypted with an external key. */
  readonly sealed: boolean;
  readonly currentTerm: bigint;
  /** Whom the node voted for last; undefined if it has taken part in no election. */
  readonly lastVote: { readonly term: bigint; readonly candidate: string | undefined } | undefined;
  /** Undefined if the log is empty or cannot be read. */
  readonly logRange: { readonly first: bigint; readonly last: bigint } | undefined;
  /** The newest first. */
  readonly snapshots: readonly (LogPosition & { readonly id: string; readonly sizeBytes: number })[];
  /** Those that say nothing of themselves that could be read, by the names of their directories. */
  readonly skippedSnapshots: readonly string[];
}

/** Entries that cannot be saved, since they are damaged or stand behind a gap. */
export interface LostEntries<Visitor> {
  /** Why, as a sentence. */
  readonly reason: string;
  readonly from: bigint;
  /** The last one; undefined where that cannot be told. */
  readonly to: bigint | undefined;
  /** Who has seen the commands of those that can still be read, which are of no use. */
  readonly visitor: Visitor;
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
  /** Where the store goes that stands in its place, as a path beside that; undefined where none may stand there. */
  readonly keptAs: string | undefined;
}

/**
 * The raft store of a node whose cluster has lost its quorum, opened for reading. It is never changed.
 */
export interface SurvivingStore {
  /** Absolute. */
  readonly raftDirectory: string;
  readonly records: StoreRecords;
  /** Whether its content can be read: it is in the clear, or its keyring is at hand. */
  readonly isReadable: boolean;
  /** The entries in the log by ascending index, up to where it ends or damage begins. */
  entryMarks(): AsyncIterable<LogEntryMark>;
  /** Whether it is the store of that data directory, whatever path leads there. */
  isIn(dataDirectory: string): Promise<boolean>;
  /** An absolute path with every link in it resolved; what does not exist yet stays as it is. */
  realPath(path: string): Promise<string>;
  /**
   * Reads everything, as a daemon does at boot. `begin` makes a visitor; if a snapshot turns out to be damaged, an
   * older one is tried with a new visitor.
   * @throws store_damaged       nothing can be saved
   * @throws schema_unsupported  it is sealed, and no keyring is at hand
   * @throws keyring_mismatch    the keyring at hand does not open a part of it
   * @throws permission_denied, storage_failed, interrupted
   */
  survey<Visitor extends StoreVisitor>(begin: () => Visitor, signal: AbortSignal): Promise<StoreSurvey<Visitor>>;
  /**
   * Builds a store of everything that was surveyed and is not lost, next to its final place, on stable storage: after
   * the last entry a configuration with the one voter, and after that the commands. The commit first moves a store that
   * is kept out of the way, durably, and moves it back if it fails. Holds a lock against other restores until commit or
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
   * Opens the store at `path`, a data directory or the raft directory in one. In a data directory from which a commit that was
   * killed had moved the store away, it is the one that was kept.
   * @throws store_missing       there is no raft store
   * @throws daemon_running      a daemon has it open
   * @throws keyring_mismatch    it is sealed under another keyring than the one at hand
   * @throws keyring_unusable    it is sealed, and the keyring cannot be read
   * @throws permission_denied, storage_failed
   */
  open(path: string): Promise<SurvivingStore>;
}
