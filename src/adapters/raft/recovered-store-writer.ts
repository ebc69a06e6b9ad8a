import { stopIfInterrupted } from '../../domain/errors.js';
import type { FirstCommands } from '../../domain/restore/first-commands.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import { recovering } from '../../domain/restore/undertaking.js';
import { raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import type { LogContent, RaftStoreSeal } from '../../ports/raft-store-seal.js';
import type { RecoveredStoreSeed, SurvivingStore } from '../../ports/surviving-stores.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import { createOwnedDirectory } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { streamToNewFile } from '../filesystem/stream-to-file.js';
import { encodeLogEntry } from './log-entry.js';
import type { StoredLogEntry } from './log-page.js';
import { createLogStoreWriter, type StableContent } from './log-store.js';
import { encodeRaftConfiguration } from './raft-configuration.js';
import type { EncodeCommands } from './raft-store-initializer.js';
import type { RaftStoreReader } from './raft-store-reader.js';
import { openSnapshot } from './snapshot-directory.js';
import type { SnapshotMeta } from './snapshot-meta.js';
import { writeSnapshot } from './snapshot-writer.js';
import { stageStore } from './staged-store.js';
import type { StoreAccess } from './store-access.js';
import { positionAfter, type SurveyListener } from './store-survey.js';

/** The tools for writing a recovered store. */
export interface RecoveredStoreTools {
  readonly acquireLock: AcquireLock;
  readonly encodeCommands: EncodeCommands;
  /** How the surviving store is sealed, and so what is added to it. */
  readonly access: StoreAccess;
  /** @throws daemon_running  a process has the surviving store open */
  requireUnused(): Promise<void>;
}

/** How many bytes of log.db are written at a time. */
const writtenAtOnceBytes = 1024 * 1024;

/**
 * Writes what a survey found into a new store: its snapshot, the later entries as they are stored, and the new ones. A
 * copy of log.db would include free pages, unneeded entries and damage that was not checked. A bbolt file begins with
 * its number of pages, so the survey counts them.
 */
export function createRecoveredStoreWriter(
  fileSystem: FileSystem,
  store: RaftStoreReader,
  raftDirectory: string,
  { acquireLock, encodeCommands, requireUnused, access }: RecoveredStoreTools,
): SurveyListener & Pick<SurvivingStore, 'stage'> & { sizeBytes(): number } {
  const files = namingFailures(fileSystem);
  // What says under which keyring it is sealed is lost with log.db; made anew, it is for the one that opened the rest.
  const stableValues = new Map([...access.seal.stableValues(), ...store.stableValues]);
  const counter = createLogStoreWriter({ currentTerm: 0n, stableValues }, 0);
  let found: { readonly snapshot: SnapshotMeta | undefined; readonly lastIndex: bigint } | undefined;

  async function build(staging: string, seed: RecoveredStoreSeed, commands: FirstCommands, signal: AbortSignal) {
    if (found === undefined) throw new Error('stage before survey');
    const { snapshot, lastIndex } = found;
    const { owner } = seed;
    const added = await addedEntries(seed, commands, encodeCommands, access.seal);
    for (const entry of added) counter.add(entry);
    await createOwnedDirectory(files, `${staging}/${raftDirectoryNames.snapshots}`, owner);
    if (snapshot !== undefined) await copySnapshot(staging, snapshot, owner, signal);
    // The vote is not copied: it bound the node only in a term that ends with its next election.
    const content = { currentTerm: seed.term, stableValues };
    const range = { after: snapshot?.index ?? 0n, last: lastIndex };
    const log = logStoreBytes(content, counter.end(), range, added, signal);
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
    // As it is stored: a sealed one is bound to its name and configuration, which stay.
    const { content } = await openSnapshot(fileSystem, raftDirectory, snapshot.id);
    await writeSnapshot(fileSystem, staging, snapshot, untilInterrupted(content, signal), owner);
  }

  /** The bytes of the new log.db. What was counted must come again. */
  async function* logStoreBytes(
    content: StableContent,
    pageCount: number,
    range: { readonly after: bigint; readonly last: bigint },
    added: readonly StoredLogEntry[],
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const output = createOutput();
    const writer = createLogStoreWriter(content, pageCount, output.write);
    let left = range.last - range.after;
    for await (const pages of left > 0n ? store.pages(range.after + 1n) : []) {
      stopIfInterrupted(signal);
      for (const page of pages) {
        if (left === 0n) break;
        // The first page may begin with entries of the snapshot.
        const from = left === range.last - range.after ? positionAfter(page, range.after) : 0;
        // The survey has seen one index after the other; what follows the last one may be damaged.
        const to = left < page.count - from ? from + Number(left) : page.count;
        writer.addPage(page, from, to);
        left -= BigInt(to - from);
        if (output.isFull()) yield* output.pieces();
      }
      if (left === 0n) break;
    }
    for (const entry of added) writer.add(entry);
    if (writer.end() !== pageCount) throw store.refuseLog('it has changed since it was looked at');
    yield* output.pieces(true);
  }

  return {
    page: (page, from, to) => counter.addPage(page, from, to),
    surveyed(snapshot, lastIndex) {
      found = { snapshot, lastIndex };
    },
    /** About that of a store of what was surveyed. */
    sizeBytes: () => counter.sizeSoFarBytes() + (found?.snapshot?.sizeBytes ?? 0),
    stage: (seed, commands, signal) =>
      stageStore(
        files,
        acquireLock,
        { ...seed, undertaking: recovering },
        (staging) => build(staging, seed, commands, signal),
        signal,
      ),
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
  seal: RaftStoreSeal,
): Promise<readonly StoredLogEntry[]> {
  const appendedAtNanoseconds = BigInt(commands.atMs) * 1_000_000n;
  const extensions = new Uint8Array(0);
  const stored = (entry: LogContent) => ({
    index: entry.index,
    bytes: encodeLogEntry({ ...entry, ...seal.sealEntry(entry), appendedAtNanoseconds }),
  });
  const configuration = encodeRaftConfiguration([{ suffrage: 'voter', ...voter }]);
  return [
    stored({ index, term, type: 'configuration', data: configuration, extensions }),
    stored({ index: index + 1n, term, type: 'command', data: await encodeCommands(commands), extensions }),
  ];
}

/**
 * Joins bytes to pieces of {@link writtenAtOnceBytes}, whose memory is used again: one is filled while {@link streamToNewFile}
 * writes the one before.
 */
function createOutput() {
  const makePiece = (): Buffer => Buffer.allocUnsafeSlow(writtenAtOnceBytes);
  const full: Buffer[] = [];
  const spent: Buffer[] = [];
  let current = makePiece();
  let filled = 0;
  let written: Buffer | undefined;
  return {
    write(bytes: Uint8Array): void {
      for (let taken = 0; taken < bytes.length; ) {
        const part = Math.min(bytes.length - taken, writtenAtOnceBytes - filled);
        current.set(part === bytes.length ? bytes : bytes.subarray(taken, taken + part), filled);
        taken += part;
        filled += part;
        if (filled < writtenAtOnceBytes) continue;
        full.push(current);
        current = spent.pop() ?? makePiece();
        filled = 0;
      }
    },
    isFull: () => full.length > 0,
    /** The pieces that are full; `end`: and the last one. */
    *pieces(end = false): Generator<Uint8Array, void, undefined> {
      for (const piece of full.splice(0)) {
        yield piece;
        // Who asks for more has written the one before this.
        if (written !== undefined) spent.push(written);
        written = piece;
      }
      if (end && filled > 0) yield current.subarray(0, filled);
    },
  };
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
