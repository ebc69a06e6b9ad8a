import { JacoError, type LeftBehind, leavingBehind, leftBehindBy, stopIfInterrupted } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { FirstCommands } from '../../domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../../domain/restore/raft-store-seed.js';
import { countPassing } from '../../domain/state/passing-bytes.js';
import { dataDirectoryNames, raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { RaftStoreInitializer, StagedRaftStore } from '../../ports/raft-store-initializer.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { createOwnedDirectory, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { type StagedDirectory, type StagingPlace, stageDirectory } from '../filesystem/staged-directory.js';
import { createDataDirectory, lockDataDirectory, removeEmptyDirectories } from './data-directory.js';
import { encodeLogEntry } from './log-entry.js';
import { encodeLogStore, type StoredLogEntry } from './log-store.js';
import { writeSnapshot } from './snapshot-writer.js';

/** What puts commands into the form in which the daemon's state machine takes them. */
export type EncodeCommands = (commands: FirstCommands) => Uint8Array | Promise<Uint8Array>;

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
    async stage(seed, state, firstCommands, signal) {
      stopIfInterrupted(signal);
      const { dataDirectory } = seed;
      const created = await createDataDirectory(files, dataDirectory, seed.owner);
      const lock = await lockDataDirectory(files, dataDirectory, created, acquireLock);
      // The lock lies in the data directory, which is not empty before.
      const letGo = async () => [...(await lock.release()), ...(await removeEmptyDirectories(files, created))];
      let staged: StagedDirectory;
      try {
        // Another restore may have come and gone before this one got the lock: its marker and identity would be lost
        // if this one only found out at the commit.
        staged = await stageDirectory(files, stagedRaftDirectory(seed));
      } catch (error) {
        throw leavingBehind(error, [...leftBehindBy(error), ...(await letGo())]);
      }
      try {
        const entries = () => firstEntries(seed, firstCommands(), encodeCommands);
        const passing = countPassing(state, signal);
        await build(files, staged.path, seed, passing.bytes, entries, signal);
        return stagedStore(staged, passing.sizeBytes(), lock, letGo);
      } catch (error) {
        throw leavingBehind(error, [...(await staged.discard()), ...(await letGo())]);
      }
    },
  };
}

function stagedRaftDirectory({ dataDirectory, owner }: RaftStoreSeed): StagingPlace {
  return {
    parent: dataDirectory,
    finalName: dataDirectoryNames.raft,
    stagedName: dataDirectoryNames.stagedRaft,
    owner,
    secret: true,
    occupied: storeExists,
  };
}

/** Every step is durable before the next one relies on it; nothing here is under a name that a daemon reads. */
async function build(
  files: FileSystem,
  staging: string,
  seed: RaftStoreSeed,
  state: AsyncIterable<Uint8Array>,
  entries: () => Promise<readonly StoredLogEntry[]>,
  signal: AbortSignal,
): Promise<void> {
  // Made here, as its entry needs no sync of its own: the staging directory is synced below.
  await createOwnedDirectory(files, `${staging}/${raftDirectoryNames.snapshots}`, seed.owner);
  const { snapshotId: id, index, term, configurationIndex, voter, seal, owner } = seed;
  const servers = [{ suffrage: 'voter', ...voter }] as const;
  const sealed = seal.sealState(state, { id, index, term, configurationIndex, voters: [voter] });
  await writeSnapshot(files, staging, { id, index, term, servers, configurationIndex }, sealed, owner);
  stopIfInterrupted(signal);
  // The term keeps later snapshots newer than this one (RaftStoreSeed.term); the file makes the daemon open raft at all.
  const logStore = encodeLogStore({
    currentTerm: term,
    stableValues: seal.stableValues(),
    entries: await entries(),
  });
  await writeNewFile(files, `${staging}/${raftDirectoryNames.logStore}`, logStore, owner);
  // The entries of log.db and snapshots/: after the rename nobody syncs them any more.
  await files.syncDirectory(staging);
  stopIfInterrupted(signal);
}

/**
 * The log behind the snapshot. The node's first election is in a later term; committing the entry with which a leader begins
 * commits this one too, and then it is applied (hashicorp/raft v1.7 raft.go).
 */
async function firstEntries(
  { index: snapshotIndex, term, seal }: RaftStoreSeed,
  commands: FirstCommands | undefined,
  encode: EncodeCommands,
): Promise<readonly StoredLogEntry[]> {
  if (commands === undefined) return [];
  const index = snapshotIndex + 1n;
  const data = await encode(commands);
  const appendedAtNanoseconds = BigInt(commands.atMs) * 1_000_000n;
  const entry = { index, term, type: 'command', data, extensions: new Uint8Array(0) } as const;
  return [{ index, bytes: encodeLogEntry({ ...entry, ...seal.sealEntry(entry), appendedAtNanoseconds }) }];
}

function stagedStore(
  staged: StagedDirectory,
  snapshotSizeBytes: number,
  lock: ExclusiveLock,
  letGo: () => Promise<readonly LeftBehind[]>,
): StagedRaftStore {
  let ended = false;
  return {
    snapshotSizeBytes,
    async commit() {
      const outcome = await staged.commit();
      ended = true;
      // A lock that cannot be taken away holds nothing once this process has ended, and the next one removes it.
      await lock.release();
      return outcome;
    },
    async discard() {
      if (ended) return [];
      ended = true;
      return [...(await staged.discard()), ...(await letGo())];
    },
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
