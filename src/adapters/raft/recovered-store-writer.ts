import { stopIfInterrupted } from '../../domain/errors.js';
import type { FirstCommands } from '../../domain/restore/first-commands.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import { raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import type { RecoveredStoreSeed, SurvivingStore } from '../../ports/surviving-stores.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import { createOwnedDirectory } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { streamToNewFile } from '../filesystem/stream-to-file.js';
import { encodeLogEntry } from './log-entry.js';
import { createLogStoreWriter, type StableContent, type StoredLogEntry } from './log-store.js';
import { encodeRaftConfiguration } from './raft-configuration.js';
import type { EncodeCommands } from './raft-store-initializer.js';
import type { RaftStoreReader } from './raft-store-reader.js';
import type { SnapshotMeta } from './snapshot-meta.js';
import { writeSnapshot } from './snapshot-writer.js';
import { stageStore } from './staged-store.js';
import type { SurveyListener } from './store-survey.js';

/** The tools for writing a recovered store. */
export interface RecoveredStoreTools {
  readonly acquireLock: AcquireLock;
  readonly encodeCommands: EncodeCommands;
  /** @throws daemon_running  a process has the surviving store open */
  requireUnused(): Promise<void>;
}

/** How many bytes of log.db are written at a time. */
const writtenAtOnceBytes = 256 * 1024;

/**
 * Writes what a survey found into a new store: its snapshot, the later entries as they are stored, and the new ones. A
 * copy of log.db would include free pages, unneeded entries and damage that was not checked. A bbolt file begins with
 * its number of pages, so the survey counts them.
 */
export function createRecoveredStoreWriter(
  fileSystem: FileSystem,
  store: RaftStoreReader,
  { acquireLock, encodeCommands, requireUnused }: RecoveredStoreTools,
): SurveyListener & Pick<SurvivingStore, 'stage'> & { sizeBytes(): number } {
  const files = namingFailures(fileSystem);
  const counter = createLogStoreWriter({ currentTerm: 0n, stableValues: store.stableValues }, 0);
  let found: { readonly snapshot: SnapshotMeta | undefined; readonly lastIndex: bigint } | undefined;

  async function build(staging: string, seed: RecoveredStoreSeed, commands: FirstCommands, signal: AbortSignal) {
    if (found === undefined) throw new Error('stage before survey');
    const { snapshot, lastIndex } = found;
    const { owner } = seed;
    const added = await addedEntries(seed, commands, encodeCommands);
    for (const entry of added) counter.add(entry);
    await createOwnedDirectory(files, `${staging}/${raftDirectoryNames.snapshots}`, owner);
    if (snapshot !== undefined) await copySnapshot(staging, snapshot, owner, signal);
    // The vote is not copied: it bound the node only in a term that ends with its next election.
    const content = { currentTerm: seed.term, stableValues: store.stableValues };
    const from = (snapshot?.index ?? 0n) + 1n;
    const log = logStoreBytes(content, counter.end(), followedBy(upTo(lastIndex, from), added, signal));
    await streamToNewFile(files, `${staging}/${raftDirectoryNames.logStore}`, log, owner);
    // Syncs the entries of log.db and snapshots/: no step syncs them after the rename.
    await files.syncDirectory(staging);
    await requireUnused();
    stopIfInterrupted(signal);
    return snapshot?.sizeBytes ?? 0;
  }

  async function copySnapshot(
    staging: string,
    snapshot: SnapshotMeta,
    owner: FileOwner | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { content } = await store.openSnapshot(snapshot.id);
    await writeSnapshot(fileSystem, staging, snapshot, untilInterrupted(content, signal), owner);
  }

  /** The entries that the survey has seen; behind them may be damage. */
  async function* upTo(lastIndex: bigint, from: bigint): AsyncGenerator<StoredLogEntry, void, undefined> {
    if (from > lastIndex) return;
    for await (const entry of store.entries(from)) {
      yield entry;
      if (entry.index >= lastIndex) return;
    }
  }

  /** The bytes of the new log.db. What was counted must come again. */
  async function* logStoreBytes(
    content: StableContent,
    pageCount: number,
    entries: AsyncIterable<StoredLogEntry>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    const writer = createLogStoreWriter(content, pageCount, (bytes) => {
      pieces.push(bytes);
      sizeBytes += bytes.length;
    });
    const taken = () => {
      const bytes = Buffer.concat(pieces);
      [pieces, sizeBytes] = [[], 0];
      return bytes;
    };
    for await (const entry of entries) {
      writer.add(entry);
      if (sizeBytes >= writtenAtOnceBytes) yield taken();
    }
    if (writer.end() !== pageCount) throw store.refuseLog('it has changed since it was looked at');
    yield taken();
  }

  return {
    entry: (stored) => counter.add(stored),
    surveyed(snapshot, lastIndex) {
      found = { snapshot, lastIndex };
    },
    /** About that of a store of what was surveyed. */
    sizeBytes: () => counter.sizeSoFarBytes() + (found?.snapshot?.sizeBytes ?? 0),
    stage: (seed, commands, signal) =>
      stageStore(files, acquireLock, seed, (staging) => build(staging, seed, commands, signal), signal),
  };
}

/**
 * The configuration, which the engine reads from its log at boot whether it was committed or not, and the commands. The
 * node elects itself in a later term; committing the new leader's first entry commits everything before it
 * (hashicorp/raft v1.7 raft.go).
 */
async function addedEntries(
  { index, term, voter }: RecoveredStoreSeed,
  commands: FirstCommands,
  encodeCommands: EncodeCommands,
): Promise<readonly StoredLogEntry[]> {
  const configuration = encodeRaftConfiguration([{ suffrage: 'voter', ...voter }]);
  const appendedAtNanoseconds = BigInt(commands.atMs) * 1_000_000n;
  const rest = { term, extensions: new Uint8Array(0), appendedAtNanoseconds } as const;
  return [
    { index, bytes: encodeLogEntry({ ...rest, index, type: 'configuration', data: configuration }) },
    {
      index: index + 1n,
      bytes: encodeLogEntry({ ...rest, index: index + 1n, type: 'command', data: await encodeCommands(commands) }),
    },
  ];
}

async function* followedBy(
  entries: AsyncIterable<StoredLogEntry>,
  added: readonly StoredLogEntry[],
  signal: AbortSignal,
): AsyncGenerator<StoredLogEntry, void, undefined> {
  yield* untilInterrupted(entries, signal);
  yield* added;
}

async function* untilInterrupted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  for await (const item of items) {
    stopIfInterrupted(signal);
    yield item;
  }
}
