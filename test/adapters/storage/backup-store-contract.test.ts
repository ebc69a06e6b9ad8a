import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createFileBackupStore } from '../../../src/adapters/storage/filesystem/file-backup-store.js';
import { readThrough } from '../../../src/adapters/storage/reading-through.js';
import { createStandardStreamStore } from '../../../src/adapters/storage/standard-streams/standard-stream-store.js';
import { createStoreByLocation } from '../../../src/adapters/storage/store-by-location.js';
import type { FileLocation, StandardStreamLocation } from '../../../src/domain/values/archive-location.js';
import type { BackupStore } from '../../../src/ports/backup-store.js';
import { inChunksOf } from '../../builders/byte-streams.js';
import { fileAt, standardStream } from '../../builders/locations.js';
import { backupStoreContract, type Harness } from '../../contracts/backup-store.contract.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { watchedFileSystem } from '../filesystem/watched-file-system.js';

const unasked = () => Promise.reject(new Error('a store for another kind of location was asked'));

/** The store of files in its own directory, changed by `change`. */
async function onDisk(change: (files: BackupStore<FileLocation>) => BackupStore): Promise<Harness> {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  let broken = false;
  const { fileSystem } = watchedFileSystem(directory, ({ action }) => {
    if (broken && action === 'unlink') throw Object.assign(new Error('EIO'), { code: 'EIO' });
  });
  const path = (name: string) => join(directory, name);
  return {
    store: change(createFileBackupStore(fileSystem, acquireExclusiveLock, { readsPipes: true })),
    at: (name) => fileAt(path(name)),
    async put(name, bytes) {
      // As a backup comes: a new file that takes the name.
      await writeFile(path('.part'), bytes);
      await rename(path('.part'), path(name));
    },
    names: async () => (await readdir(directory)).sort(),
    abandon: (name) => writeFile(path(`.${name}.part`), 'half'),
    abandoned: async () => (await readdir(directory)).filter((name) => name.endsWith('.part')).length,
    async plantDirectory(name) {
      await mkdir(path(name));
      return true;
    },
    breakDisk() {
      broken = true;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The store of streams to and from this process, changed by `change`. */
async function throughStreams(change: (streams: BackupStore<StandardStreamLocation>) => BackupStore): Promise<Harness> {
  let waiting: Uint8Array = new Uint8Array(0);
  const store = createStandardStreamStore({
    input: () => inChunksOf(100_000, waiting),
    output: () => new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  return {
    store: change(store),
    at: () => standardStream,
    async put(_, bytes) {
      waiting = bytes;
    },
    names: async () => [],
    abandon: async () => undefined,
    abandoned: async () => 0,
    plantDirectory: async () => false,
    breakDisk: () => undefined,
    close: async () => undefined,
  };
}

backupStoreContract('files on disk', 'keeps', () => onDisk((files) => files as BackupStore));

backupStoreContract('standard streams', 'streams', () => throughStreams((streams) => streams as BackupStore));

backupStoreContract('files, chosen by their location', 'keeps', () =>
  onDisk((files) => createStoreByLocation({ file: async () => files, 'standard-stream': unasked, object: unasked })),
);

backupStoreContract('standard streams, chosen by their location', 'streams', () =>
  throughStreams((streams) =>
    createStoreByLocation({ 'standard-stream': async () => streams, file: unasked, object: unasked }),
  ),
);

backupStoreContract('files, read through something', 'keeps', () =>
  onDisk((files) => readThrough(files as BackupStore, (bytes) => bytes)),
);

backupStoreContract('in memory', 'keeps', async (): Promise<Harness> => {
  const store = createInMemoryBackupStore();
  const path = (name: string) => `/backups/${name}`;
  return {
    store,
    at: (name) => fileAt(path(name)),
    async put(name, bytes) {
      store.files.set(path(name), { bytes, mode: 0o600 });
    },
    names: async () =>
      [...store.files.keys()].map((file) => file.replace('/backups/', '')).sort((a, b) => (a < b ? -1 : 1)),
    async abandon(name) {
      store.unfinished.add(path(name));
    },
    abandoned: async () => store.unfinished.size,
    async plantDirectory(name) {
      store.directories.add(path(name));
      return true;
    },
    breakDisk() {
      store.broken = true;
    },
    close: async () => undefined,
  };
});
