import { raftDirectoryNames, snapshotPaths } from '../../domain/values/data-directory-layout.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { damageOf, type RefuseDamage } from './damaged-store.js';
import { decodeLogEntry, type LogEntry } from './log-entry.js';
import { readLogStore, type StoredLogEntry } from './log-store.js';
import { listSnapshots, type OpenedSnapshot, openSnapshot } from './snapshot-directory.js';
import type { SnapshotMeta } from './snapshot-meta.js';

/**
 * A raft store opened for reading, while nobody writes it: a daemon's log.db may be torn in the middle of a write. Nothing is
 * changed. Of the log a page of each level of its tree is in memory, of a snapshot a piece.
 */
export interface RaftStoreReader {
  /** 0 where the store has none, as the engine takes it. */
  readonly currentTerm: bigint;
  /** Whom the node voted for last, by its raft address; undefined where it has taken part in no election. */
  readonly lastVote: { readonly term: bigint; readonly candidate: string | undefined } | undefined;
  /** What the stable store holds beside the engine's keys. */
  readonly stableValues: ReadonlyMap<string, Uint8Array>;
  /** The first and the last index of the log; undefined where it is empty. */
  readonly logRange: { readonly first: bigint; readonly last: bigint } | undefined;
  /** The snapshots that the engine would see, newest first by its own order; their content has not been looked at. */
  readonly snapshots: readonly SnapshotMeta[];
  /**
   * Opens one of them.
   * @throws store_damaged, permission_denied, storage_failed  also at the end of its content (see {@link OpenedSnapshot})
   */
  openSnapshot(id: string): Promise<OpenedSnapshot>;
  /**
   * The entries by ascending index, from `fromIndex` on, as they are stored. Gaps are not looked for.
   * @throws store_damaged, storage_failed
   */
  entries(fromIndex: bigint): AsyncIterable<StoredLogEntry>;
  /**
   * What one of them says.
   * @throws store_damaged
   */
  readEntry(stored: StoredLogEntry): LogEntry;
  /** Says that the log is damaged. */
  readonly refuseLog: RefuseDamage;
  /** Says that the state in a snapshot is damaged. */
  refuseSnapshot(id: string): RefuseDamage;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/**
 * Opens the store in a raft directory.
 * @throws store_damaged, permission_denied, storage_failed
 */
export async function openRaftStore(fileSystem: FileSystem, raftDirectory: string): Promise<RaftStoreReader> {
  const path = `${raftDirectory}/${raftDirectoryNames.logStore}`;
  const refuseLog = damageOf(path);
  const log = await readLogStore(fileSystem, path);
  try {
    const snapshots = await listSnapshots(fileSystem, raftDirectory);
    const { currentTerm, lastVoteTerm, lastVoteCandidate, stableValues, firstIndex, lastIndex } = log;
    return {
      currentTerm,
      lastVote: lastVoteTerm === undefined ? undefined : { term: lastVoteTerm, candidate: lastVoteCandidate },
      stableValues,
      logRange:
        firstIndex === undefined || lastIndex === undefined ? undefined : { first: firstIndex, last: lastIndex },
      snapshots,
      openSnapshot: (id) => openSnapshot(fileSystem, raftDirectory, id),
      entries: (fromIndex) => log.entries(fromIndex),
      readEntry({ index, bytes }) {
        const entry = decodeLogEntry(bytes, refuseLog);
        if (entry.index !== index) throw refuseLog(`log entry ${index} says that it is ${entry.index}`);
        return entry;
      },
      refuseLog,
      refuseSnapshot: (id) => damageOf(`${raftDirectory}/${snapshotPaths(id).state}`),
      close: () => log.close(),
    };
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
}
