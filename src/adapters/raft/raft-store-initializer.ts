import { stopIfInterrupted } from '../../domain/errors.js';
import type { FirstCommands } from '../../domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../../domain/restore/raft-store-seed.js';
import { restoring } from '../../domain/restore/undertaking.js';
import { countPassing } from '../../domain/state/passing-bytes.js';
import { raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import type { RaftStoreInitializer } from '../../ports/raft-store-initializer.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import { createOwnedDirectory, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { encodeLogEntry } from './log-entry.js';
import type { StoredLogEntry } from './log-page.js';
import { encodeLogStore } from './log-store.js';
import { writeSnapshot } from './snapshot-writer.js';
import { stageStore } from './staged-store.js';

/** Encodes commands in the form that the daemon's state machine reads. */
export type EncodeCommands = (commands: FirstCommands) => Uint8Array | Promise<Uint8Array>;

/** Builds raft stores that hashicorp/raft v1.7 boots from, each in place with one rename (see {@link stageStore}). */
export function createRaftStoreInitializer(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  encodeCommands: EncodeCommands,
): RaftStoreInitializer {
  const files = namingFailures(fileSystem);
  return {
    stage: (seed, state, firstCommands, signal) =>
      stageStore(
        files,
        acquireLock,
        { ...seed, undertaking: restoring },
        async (staging) => {
          const entries = () => firstEntries(seed, firstCommands(), encodeCommands);
          const passing = countPassing(state, signal);
          await build(files, staging, seed, passing.bytes, entries, signal);
          return passing.sizeBytes();
        },
        signal,
      ),
  };
}

/** Every step is durable before the next one relies on it; a daemon reads none of these names. */
async function build(
  files: FileSystem,
  staging: string,
  seed: RaftStoreSeed,
  state: AsyncIterable<Uint8Array>,
  entries: () => Promise<readonly StoredLogEntry[]>,
  signal: AbortSignal,
): Promise<void> {
  // Created here, as its entry needs no separate sync: the staging directory is synced below.
  await createOwnedDirectory(files, `${staging}/${raftDirectoryNames.snapshots}`, seed.owner);
  const { snapshotId: id, index, term, configurationIndex, voter, seal, owner } = seed;
  const servers = [{ suffrage: 'voter', ...voter }] as const;
  const name = { id, index, term, servers, configurationIndex };
  await writeSnapshot(files, staging, name, seal.sealState(state, name), owner);
  stopIfInterrupted(signal);
  // The term keeps later snapshots newer than this one (RaftStoreSeed.term); without the file the daemon would not open
  // raft.
  const logStore = encodeLogStore({
    currentTerm: term,
    stableValues: seal.stableValues(),
    entries: await entries(),
  });
  await writeNewFile(files, `${staging}/${raftDirectoryNames.logStore}`, logStore, owner);
  // Syncs the entries of log.db and snapshots/: no step syncs them after the rename.
  await files.syncDirectory(staging);
  stopIfInterrupted(signal);
}

/**
 * The log after the snapshot. The node's first election is in a later term; committing the new leader's first entry
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
