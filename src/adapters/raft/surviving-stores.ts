import { dirname, join, resolve } from 'node:path';
import { JacoError } from '../../domain/errors.js';
import { advice, giveParameter } from '../../domain/remedy.js';
import { logStorePath, raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { SurvivingStore, SurvivingStores } from '../../ports/surviving-stores.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import { lockHolder } from '../filesystem/file-lock.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import type { EncodeCommands } from './raft-store-initializer.js';
import { openRaftStore } from './raft-store-reader.js';
import { createRecoveredStoreWriter } from './recovered-store-writer.js';
import { sealedFormatKey } from './store-access.js';
import { surveyStore } from './store-survey.js';

/** Finds stores on this machine's file system. */
export function createSurvivingStores(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  encodeCommands: EncodeCommands,
): SurvivingStores {
  const files = namingFailures(fileSystem);
  return {
    async open(path) {
      const raftDirectory = await findRaftDirectory(files, resolve(path));
      const requireUnused = () => refuseIfInUse(files, raftDirectory);
      await requireUnused();
      const store = await openRaftStore(fileSystem, raftDirectory);
      try {
        if (store.stableValues.has(sealedFormatKey)) throw sealed(raftDirectory);
        return survivor();
      } catch (error) {
        await store.close().catch(() => undefined);
        throw error;
      }

      function survivor(): SurvivingStore {
        const writer = createRecoveredStoreWriter(fileSystem, store, { acquireLock, encodeCommands, requireUnused });
        return {
          raftDirectory,
          survey: (begin, signal) => surveyStore(store, begin, writer, signal),
          stage: writer.stage,
          close: () => store.close(),
        };
      }
    },
  };
}

/** `path` itself, or its subdirectory `raft` if it is a data directory. */
async function findRaftDirectory(files: FileSystem, path: string): Promise<string> {
  if ((await files.status(path))?.kind === 'directory') {
    const inside = join(path, logStorePath);
    if ((await files.status(inside).catch(() => undefined)) !== undefined) return dirname(inside);
    if ((await files.status(join(path, raftDirectoryNames.logStore))) !== undefined) return path;
  }
  throw new JacoError(
    'store_missing',
    `${printable(path, 4096)} holds no raft store: neither ${logStorePath} nor ${raftDirectoryNames.logStore} is in it.`,
    { remedies: [giveParameter('survivingStore')], details: { path } },
  );
}

/** If a daemon writes meanwhile, the parts that we read would not match. */
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

function sealed(raftDirectory: string): JacoError {
  return new JacoError(
    'schema_unsupported',
    `${printable(raftDirectory, 4096)} is sealed: its state is encrypted with an external key file, which this version cannot open.`,
    { remedies: [advice('Use the release of jaco that knows key files.')], details: { path: raftDirectory } },
  );
}
