import { isJacoError, type JacoError } from '../../domain/errors.js';
import { raftDirectoryNames, snapshotPaths } from '../../domain/values/data-directory-layout.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { damageOf, type RefuseDamage, unlessDamaged } from './damaged-store.js';
import { decodeLogEntry, type LogEntry } from './log-entry.js';
import type { LogPage, StoredLogEntry } from './log-page.js';
import { type LogStoreReader, lostLogStore, readLogStore, salvageLogStore } from './log-store.js';
import { listSkippedSnapshots, listSnapshots, type OpenedSnapshot, openSnapshot } from './snapshot-directory.js';
import type { SnapshotMeta } from './snapshot-meta.js';
import { plainAccess, type StoreAccess } from './store-access.js';

/**
 * A raft store opened for reading. No process may write it meanwhile: the log.db of a running daemon may be torn.
 * Changes nothing. Keeps a page of each level of the log's tree and a piece of a snapshot in memory.
 */
export interface RaftStoreReader {
  /** 0 if the store has no term, as in the engine. */
  readonly currentTerm: bigint;
  /** The node's last vote, with the candidate's raft address; undefined if it has taken part in no election. */
  readonly lastVote: { readonly term: bigint; readonly candidate: string | undefined } | undefined;
  /** What the stable store holds in addition to the engine's keys. */
  readonly stableValues: ReadonlyMap<string, Uint8Array>;
  /** The first and the last index of the log; undefined if it is empty. */
  readonly logRange: { readonly first: bigint; readonly last: bigint } | undefined;
  /** The snapshots that the engine would see, newest first in the engine's order; their content has not been read. */
  readonly snapshots: readonly SnapshotMeta[];
  /** Finished ones whose meta.json cannot be read, by the names of their directories: the engine does not see them. */
  readonly skippedSnapshots: readonly string[];
  /**
   * Opens one of them.
   * @throws store_damaged, permission_denied, storage_failed possibly only at the end of its content (see {@link
   * OpenedSnapshot})
   */
  openSnapshot(id: string): Promise<OpenedSnapshot>;
  /**
   * The entries by ascending index, from `fromIndex` on, as they are stored. Does not check for gaps.
   * @throws store_damaged, storage_failed
   */
  entries(fromIndex: bigint): AsyncIterable<StoredLogEntry>;
  /**
   * The same by pages, several at once; the first one may begin with earlier entries. They hold until the next ones are asked
   * for.
   * @throws store_damaged, storage_failed
   */
  pages(fromIndex: bigint): AsyncIterable<readonly LogPage[]>;
  /** Whether they stand in the clear. */
  readonly isPlain: boolean;
  /**
   * What one of them says.
   * @throws store_damaged
   */
  readEntry(stored: StoredLogEntry): LogEntry;
  /** Makes the error for a damaged log. */
  readonly refuseLog: RefuseDamage;
  /** Makes the error for a damaged state in a snapshot. */
  refuseSnapshot(id: string): RefuseDamage;
  /** Makes the error for a damaged meta.json of a snapshot. */
  refuseMeta(id: string): RefuseDamage;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/**
 * Opens the store in a raft directory, and its content with `access`.
 * @throws store_damaged, permission_denied, storage_failed
 */
export function openRaftStore(
  fileSystem: FileSystem,
  raftDirectory: string,
  access: StoreAccess = plainAccess,
): Promise<RaftStoreReader> {
  return openWith(fileSystem, raftDirectory, (path) => readLogStore(fileSystem, path), access);
}

/** A store opened as far as it can be read. */
export interface SalvagedStore {
  readonly store: RaftStoreReader;
  /** What is wrong with log.db as a whole, as a sentence; undefined where it opens as the engine would open it. */
  readonly fault: string | undefined;
}

/**
 * Opens the store in a raft directory, and its content with `access`, also where its log.db is damaged, cut short or gone.
 * @throws permission_denied, storage_failed
 */
export async function salvageRaftStore(
  fileSystem: FileSystem,
  raftDirectory: string,
  access: StoreAccess = plainAccess,
): Promise<SalvagedStore> {
  const path = `${raftDirectory}/${raftDirectoryNames.logStore}`;
  const salvaged = async (fault: JacoError, openLog: () => Promise<LogStoreReader>): Promise<SalvagedStore> => ({
    store: await openWith(fileSystem, raftDirectory, openLog, access),
    fault: fault.message,
  });
  if ((await namingFailures(fileSystem).status(path)) === undefined) {
    return salvaged(damageOf(path)('it is not there'), async () => lostLogStore);
  }
  try {
    return { store: await openRaftStore(fileSystem, raftDirectory, access), fault: undefined };
  } catch (error) {
    if (!isJacoError(error, 'store_damaged')) throw error;
    return salvaged(error, async () => (await unlessDamaged(() => salvageLogStore(fileSystem, path))) ?? lostLogStore);
  }
}

async function openWith(
  fileSystem: FileSystem,
  raftDirectory: string,
  openLog: (path: string) => Promise<LogStoreReader>,
  access: StoreAccess,
): Promise<RaftStoreReader> {
  const path = `${raftDirectory}/${raftDirectoryNames.logStore}`;
  const refuseLog = damageOf(path);
  const log = await openLog(path);
  try {
    const snapshots = await listSnapshots(fileSystem, raftDirectory);
    const skippedSnapshots = await listSkippedSnapshots(fileSystem, raftDirectory, snapshots);
    const { currentTerm, lastVoteTerm, lastVoteCandidate, stableValues, firstIndex, lastIndex } = log;
    return {
      currentTerm,
      lastVote: lastVoteTerm === undefined ? undefined : { term: lastVoteTerm, candidate: lastVoteCandidate },
      stableValues,
      logRange:
        firstIndex === undefined || lastIndex === undefined ? undefined : { first: firstIndex, last: lastIndex },
      snapshots,
      skippedSnapshots,
      async openSnapshot(id) {
        const { meta, content } = await openSnapshot(fileSystem, raftDirectory, id);
        return {
          meta,
          content: access.openState(content, meta, damageOf(`${raftDirectory}/${snapshotPaths(id).state}`)),
        };
      },
      entries: (fromIndex) => log.entries(fromIndex),
      pages: (fromIndex) => log.pages(fromIndex),
      isPlain: access.keyring === undefined,
      readEntry({ index, bytes }) {
        const entry = decodeLogEntry(bytes, refuseLog);
        if (entry.index !== index) throw refuseLog(`log entry ${index} says that it is ${entry.index}`);
        return access.openEntry(entry, refuseLog);
      },
      refuseLog,
      refuseSnapshot: (id) => damageOf(`${raftDirectory}/${snapshotPaths(id).state}`),
      refuseMeta: (id) => damageOf(`${raftDirectory}/${snapshotPaths(id).meta}`),
      close: () => log.close(),
    };
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
}
