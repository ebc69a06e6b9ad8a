import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { readEnvelopeHeader } from '../../domain/archive/envelope-header.js';
import { isJacoError, JacoError } from '../../domain/errors.js';
import { advice, giveParameter } from '../../domain/remedy.js';
import { dataDirectoryNames, logStorePath, raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { LogEntryMark, StoreRecords, SurvivingStores } from '../../ports/surviving-stores.js';
import { isSame } from '../filesystem/daemon-presence.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import { lockHolder } from '../filesystem/file-lock.js';
import type { FileStatus, FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { unlessDamaged } from './damaged-store.js';
import type { EncodeCommands } from './raft-store-initializer.js';
import { type RaftStoreReader, type SalvagedStore, salvageRaftStore } from './raft-store-reader.js';
import { createRecoveredStoreWriter } from './recovered-store-writer.js';
import { plainAccess, type StoreAccess, sealedFormatKey } from './store-access.js';
import { surveyStore } from './store-survey.js';

/**
 * Finds stores on this machine's file system. `loadAccess` loads what opens a sealed one; without it, such a store can only be
 * found.
 */
export function createSurvivingStores(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  encodeCommands: EncodeCommands,
  loadAccess?: (dataDirectory: string) => Promise<StoreAccess>,
): SurvivingStores {
  const files = namingFailures(fileSystem);
  const openWithKey = keyedOpening(fileSystem, loadAccess);
  return {
    async open(path) {
      const raftDirectory = await findRaftDirectory(files, resolve(path));
      await refuseIfInUse(files, raftDirectory);
      const opened = await files.status(raftDirectory);
      const requireUnused = async () => {
        await refuseIfReplaced(files, raftDirectory, opened);
        await refuseIfInUse(files, raftDirectory);
      };
      const { salvaged, access, isSealed } = await openWithKey(
        await salvageRaftStore(fileSystem, raftDirectory),
        raftDirectory,
      );
      const { store } = salvaged;
      const tools = { acquireLock, encodeCommands, requireUnused, access: access ?? plainAccess };
      const writer = createRecoveredStoreWriter(fileSystem, store, raftDirectory, tools);
      const records = recordsOf(store, isSealed);
      return {
        raftDirectory,
        records,
        isReadable: access !== undefined,
        entryMarks: () => entryMarksIn(store),
        isIn: (dataDirectory) => isSame(files, raftDirectory, join(dataDirectory, dataDirectoryNames.raft)),
        realPath: (place) => realPath(files, place),
        async survey(begin, signal) {
          if (access === undefined) throw sealed(raftDirectory);
          const survey = await surveyStore(salvaged, begin, writer, signal);
          return { ...survey, sizeBytes: writer.sizeBytes() };
        },
        stage: writer.stage,
        close: () => store.close(),
      };
    },
  };
}

/** Opens a sealed store once more, with its key. `access` is undefined where there is none. */
function keyedOpening(
  fileSystem: FileSystem,
  loadAccess: ((dataDirectory: string) => Promise<StoreAccess>) | undefined,
) {
  return async (salvaged: SalvagedStore, raftDirectory: string) => {
    const { stableValues, refuseLog } = salvaged.store;
    const saysSo = stableValues.has(sealedFormatKey);
    // With its log.db a sealed store loses what says so, and its snapshots would pass for damaged ones.
    const isSealed = saysSo || (salvaged.fault !== undefined && (await hasSealedSnapshot(salvaged.store)));
    if (!isSealed) return { salvaged, access: plainAccess, isSealed };
    if (loadAccess === undefined) return { salvaged, access: undefined, isSealed };
    await salvaged.store.close();
    const access = await loadAccess(dirname(raftDirectory));
    if (saysSo) access.requireOwn(stableValues, refuseLog);
    return { salvaged: await salvageRaftStore(fileSystem, raftDirectory, access), access, isSealed };
  };
}

/** Whether the newest snapshot that can be read begins as a sealed one does. */
async function hasSealedSnapshot(store: RaftStoreReader): Promise<boolean> {
  for (const { id } of store.snapshots) {
    const header = await unlessDamaged(async () => {
      const { content } = await store.openSnapshot(id);
      for await (const bytes of content) return readEnvelopeHeader(bytes).kind;
      return undefined;
    });
    if (header !== undefined) return header !== 'plain';
  }
  return false;
}

function recordsOf(store: RaftStoreReader, isSealed: boolean): StoreRecords {
  const { currentTerm, lastVote, logRange, snapshots, skippedSnapshots } = store;
  return {
    sealed: isSealed,
    currentTerm,
    lastVote,
    logRange,
    snapshots: snapshots.map(({ id, index, term, sizeBytes }) => ({ id, index, term, sizeBytes })),
    skippedSnapshots,
  };
}

async function* entryMarksIn(store: RaftStoreReader): AsyncGenerator<LogEntryMark, void, undefined> {
  try {
    for await (const stored of store.entries(0n)) {
      const { index, term, type, data } = store.readEntry(stored);
      yield { index, term, digest: createHash('sha256').update(`${type} `).update(data).digest('hex') };
    }
  } catch (error) {
    if (!isJacoError(error, 'store_damaged')) throw error;
  }
}

/** `path` itself, or its subdirectory `raft` where it is a data directory. */
async function findRaftDirectory(files: FileSystem, path: string): Promise<string> {
  const { logStore, snapshots } = raftDirectoryNames;
  for (const directory of [join(path, dataDirectoryNames.raft), path]) {
    for (const name of [logStore, snapshots]) {
      const status = await files.status(join(directory, name)).catch(() => undefined);
      if (status !== undefined) return directory;
    }
  }
  const kept = await newestKept(files, path);
  if (kept !== undefined) return kept;
  throw new JacoError('store_missing', `${printable(path, 4096)} ${await whatIsMissing(files, path)}.`, {
    remedies: [giveParameter('survivingStore')],
    details: { path },
  });
}

async function realPath(files: FileSystem, path: string): Promise<string> {
  const isThere = (await files.status(path).catch(() => undefined)) !== undefined;
  if (isThere || dirname(path) === path) return files.resolve(path);
  return join(await realPath(files, dirname(path)), basename(path));
}

async function whatIsMissing(files: FileSystem, path: string): Promise<string> {
  const status = await files.status(path).catch(() => undefined);
  if (status === undefined) return 'does not exist';
  if (status.kind !== 'directory') return 'is not a directory';
  return `holds no raft store: neither ${logStorePath} nor ${raftDirectoryNames.logStore} is in it`;
}

/** The store that a recovery has moved away, and was killed before another was in its place. */
async function newestKept(files: FileSystem, path: string): Promise<string | undefined> {
  const { keptRaft } = dataDirectoryNames;
  const names = (await files.status(path))?.kind === 'directory' ? await files.list(path) : [];
  const times = names.filter((name) => name.startsWith(keptRaft)).map((name) => name.slice(keptRaft.length));
  const newest = times.sort((one, other) => Number(other) - Number(one))[0];
  return newest === undefined ? undefined : join(path, `${keptRaft}${newest}`);
}

/** What a daemon writes meanwhile would be read in pieces that do not belong together. */
async function refuseIfInUse(files: FileSystem, raftDirectory: string): Promise<void> {
  const status = await files.status(join(raftDirectory, raftDirectoryNames.logStore));
  const holder = status === undefined ? undefined : await lockHolder(files, status);
  if (holder === undefined) return;
  const place = printable(join(raftDirectory, raftDirectoryNames.logStore), 4096);
  throw new JacoError('daemon_running', `cannot read ${place}: process ${holder} holds its lock.`, {
    remedies: [{ kind: 'stop-daemon' }, advice('Take a copy of the directory that was made while no daemon ran.')],
    details: { path: raftDirectory },
  });
}

/** What was read may still be read through open files, but is not what stands there. */
async function refuseIfReplaced(
  files: FileSystem,
  raftDirectory: string,
  opened: FileStatus | undefined,
): Promise<void> {
  const status = await files.status(raftDirectory).catch(() => undefined);
  if (status?.inode === opened?.inode && status?.device === opened?.device) return;
  throw new JacoError(
    'store_damaged',
    `${printable(raftDirectory, 4096)} was replaced while it was read, perhaps by another recovery.`,
    { remedies: [advice('See what is there now before you run this again.')], details: { path: raftDirectory } },
  );
}

function sealed(raftDirectory: string): JacoError {
  return new JacoError(
    'schema_unsupported',
    `${printable(raftDirectory, 4096)} is sealed: its state is encrypted with an external key file, and no keyring is at hand.`,
    { remedies: [giveParameter('keyFile')], details: { path: raftDirectory } },
  );
}
