import { isJacoError, JacoError, stopIfInterrupted } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { FirstCommands } from '../../domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../../domain/restore/raft-store-seed.js';
import { printable } from '../../domain/values/printable-text.js';
import type { RaftStoreInitializer, StagedRaftStore } from '../../ports/raft-store-initializer.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { removeTree, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { createDataDirectory, lockDataDirectory, removeEmptyDirectories } from './data-directory.js';
import { encodeLogEntry } from './log-entry.js';
import { encodeLogStore, logStoreFileName, type StoredLogEntry } from './log-store.js';
import { snapshotNames } from './snapshot-directory.js';
import { createOwnedDirectory, writeSnapshot } from './snapshot-writer.js';

/** The raft directory inside a data directory, and where it is built. */
export const raftDirectoryName = 'raft';
const stagingDirectoryName = 'raft.restoring';

/** What puts commands into the form in which the daemon's state machine takes them. */
export type EncodeCommands = (commands: FirstCommands) => Uint8Array | Promise<Uint8Array>;

/** What a restore holds while it works: everything that its end must undo or let go. */
interface Work {
  readonly files: FileSystem;
  readonly dataDirectory: string;
  readonly staging: string;
  /** Directories that this restore made, outermost first: the data directory and missing parents. */
  readonly created: readonly string[];
  readonly lock: ExclusiveLock;
}

/**
 * Builds raft stores that hashicorp/raft v1.7 boots from: in `raft.restoring` inside the data directory, moved to
 * `raft` with one rename. The lock is the data directory's own (its device and inode), whatever path leads there.
 */
export function createRaftStoreInitializer(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  encodeCommands: EncodeCommands,
): RaftStoreInitializer {
  const files = namingFailures(fileSystem);
  return {
    async stage(seed, snapshot, firstCommands, signal) {
      stopIfInterrupted(signal);
      const { dataDirectory } = seed;
      const created = await createDataDirectory(files, dataDirectory, seed.owner);
      const lock = await lockDataDirectory(files, dataDirectory, created, acquireLock);
      const work: Work = { files, dataDirectory, staging: `${dataDirectory}/${stagingDirectoryName}`, created, lock };
      try {
        // Another restore may have come and gone before this one got the lock: its marker and identity would be lost
        // if this one only found out at the commit.
        await directoriesBelow(files, `${dataDirectory}/${raftDirectoryName}`);
        const entries = () => firstEntries(seed, firstCommands(), encodeCommands);
        const sizeBytes = await build(work, seed, interruptible(snapshot, signal), entries, signal);
        return stagedStore(work, sizeBytes);
      } catch (error) {
        await abandon(work);
        throw error;
      }
    },
  };
}

/** Every step is durable before the next one relies on it; nothing here is under a name that a daemon reads. */
async function build(
  { files, staging }: Work,
  seed: RaftStoreSeed,
  snapshot: AsyncIterable<Uint8Array>,
  entries: () => Promise<readonly StoredLogEntry[]>,
  signal: AbortSignal,
): Promise<number> {
  // A killed restore left it; nothing of it can be trusted.
  await removeTree(files, staging);
  await createOwnedDirectory(files, staging, seed.owner);
  // Made here, as its entry needs no sync of its own: the staging directory is synced below.
  await createOwnedDirectory(files, `${staging}/${snapshotNames.directory}`, seed.owner);
  const { sizeBytes } = await writeSnapshot(
    files,
    staging,
    {
      id: seed.snapshotId,
      index: seed.index,
      term: seed.term,
      servers: [{ suffrage: 'voter', ...seed.voter }],
      configurationIndex: seed.configurationIndex,
    },
    snapshot,
    seed.owner,
  );
  stopIfInterrupted(signal);
  // The term keeps later snapshots newer than this one (RaftStoreSeed.term); the file makes the daemon open raft at all.
  const logStore = encodeLogStore({ currentTerm: seed.term, entries: await entries() });
  await writeNewFile(files, `${staging}/${logStoreFileName}`, logStore, seed.owner);
  // The entries of log.db and snapshots/: after the rename nobody syncs them any more.
  await files.syncDirectory(staging);
  stopIfInterrupted(signal);
  return sizeBytes;
}

/**
 * The log behind the snapshot. The node's first election is in a later term; committing the entry with which a leader begins
 * commits this one too, and then it is applied (hashicorp/raft v1.7 raft.go).
 */
async function firstEntries(
  { index: snapshotIndex, term }: RaftStoreSeed,
  commands: FirstCommands | undefined,
  encode: EncodeCommands,
): Promise<readonly StoredLogEntry[]> {
  if (commands === undefined) return [];
  const index = snapshotIndex + 1n;
  const data = await encode(commands);
  const appendedAtNanoseconds = BigInt(commands.atMs) * 1_000_000n;
  const extensions = new Uint8Array(0);
  return [{ index, bytes: encodeLogEntry({ index, term, type: 'command', data, extensions, appendedAtNanoseconds }) }];
}

function stagedStore(work: Work, snapshotSizeBytes: number): StagedRaftStore {
  let ended = false;
  return {
    snapshotSizeBytes,
    async commit() {
      if (ended) throw new Error('commit after commit or discard');
      await publish(work);
      ended = true;
      await work.lock.release();
    },
    async discard() {
      if (ended) return;
      ended = true;
      await abandon(work);
    },
  };
}

/** The one rename, and its durability. */
async function publish({ files, dataDirectory, staging }: Work): Promise<void> {
  const target = `${dataDirectory}/${raftDirectoryName}`;
  // A daemon that was never initialised leaves empty directories; the rename below wants none with content.
  await removeEmptyTree(files, target);
  // Replaces nothing but an empty directory, should something have got there since.
  await files.rename(staging, target).catch(refuseContent(target));
  try {
    // The new name: without it a crash could take back what has been reported as restored. The staging directory's
    // own entry was never synced and need not be: the rename replaces it, and what it leads to is on disk.
    await files.syncDirectory(dataDirectory);
  } catch (error) {
    // Whether the name is on disk is unknown: it is taken back, so that a failed restore leaves no store to boot from.
    await files.rename(target, staging).catch(() => undefined);
    await files.syncDirectory(dataDirectory).catch(() => undefined);
    throw error;
  }
}

/** Removes a tree of nothing but directories; the first thing else that it meets is somebody's store. */
async function removeEmptyTree(files: FileSystem, path: string): Promise<void> {
  const directories = await directoriesBelow(files, path);
  // Only rmdir, which spares what may have appeared since the look.
  for (const directory of directories) await files.removeDirectory(directory).catch(refuseContent(directory));
}

/**
 * `path` and the directories in it, innermost first.
 * @throws raft_store_exists  there is something else
 */
async function directoriesBelow(files: FileSystem, path: string): Promise<readonly string[]> {
  const status = await files.linkStatus(path);
  if (status === undefined) return [];
  if (status.kind !== 'directory') throw storeExists(path);
  const below: string[] = [];
  for (const name of await files.list(path)) below.push(...(await directoriesBelow(files, `${path}/${name}`)));
  return [...below, path];
}

/** What a rename or rmdir reports where there is something that it would have to destroy. */
function refuseContent(path: string): (error: unknown) => never {
  return (error) => {
    const errno = isJacoError(error) ? error.details['errno'] : undefined;
    throw ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errno ?? '') ? storeExists(path, error) : error;
  };
}

function storeExists(path: string, cause?: unknown): JacoError {
  return new JacoError(
    'raft_store_exists',
    `cannot put the restored store into place: ${printable(path, 4096)} exists.`,
    {
      remedies: [{ kind: 'use-fresh-data-directory' }, advice('Move the old one away.')],
      details: { path },
      cause,
    },
  );
}

/**
 * Undoes everything, then lets others in. What cannot be removed stays for the next restore to clear: a failure here
 * would hide the one that led here.
 */
async function abandon({ files, staging, created, lock }: Work): Promise<void> {
  try {
    await removeTree(files, staging).catch(() => undefined);
  } finally {
    // The lock lies in the data directory, which is not empty before.
    await lock.release();
  }
  await removeEmptyDirectories(files, created);
}

async function* interruptible(
  snapshot: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of snapshot) {
    stopIfInterrupted(signal);
    yield chunk;
  }
}
