import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createFileBackupStore } from '../../../src/adapters/storage/filesystem/file-backup-store.js';
import type { BackupStore } from '../../../src/ports/backup-store.js';
import { fileAt } from '../../builders/locations.js';
import { archiveWriterContract, type Harness } from '../../contracts/archive-writer.contract.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';

archiveWriterContract('files on disk', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const destination = join(directory, 'cluster.tar.gz');
  const space = { freeBytes: Number.POSITIVE_INFINITY };
  return {
    writer: createFileBackupStore(smallDisk(space), acquireExclusiveLock, { readsPipes: false }) as BackupStore,
    destination: fileAt(destination),
    async found() {
      const status = await stat(destination).catch(() => undefined);
      if (status?.isFile() !== true) return undefined;
      return { text: await readFile(destination, 'utf8'), mode: status.mode & 0o7777 };
    },
    hasLeftovers: async () => (await readdir(directory)).some((name) => name !== 'cluster.tar.gz'),
    plantFile: (text) => writeFile(destination, text, { mode: 0o644 }),
    plantDirectory: () => mkdir(destination),
    limitSpace(bytes) {
      space.freeBytes = bytes;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

archiveWriterContract('in memory', async (): Promise<Harness> => {
  const writer = createInMemoryBackupStore();
  const destination = '/backups/cluster';
  return {
    writer,
    destination: fileAt(destination),
    async found() {
      const file = writer.files.get(destination);
      return file && { text: Buffer.from(file.bytes).toString(), mode: file.mode };
    },
    hasLeftovers: async () => [...writer.files.keys()].some((path) => path !== destination),
    async plantFile(text) {
      writer.files.set(destination, { bytes: Buffer.from(text), mode: 0o644 });
    },
    async plantDirectory() {
      writer.directories.add(destination);
    },
    limitSpace(bytes) {
      writer.freeBytes = bytes;
    },
    close: async () => undefined,
  };
});

/** The real file system with room for so many bytes more. */
function smallDisk(space: { freeBytes: number }): FileSystem {
  const files = createNodeFileSystem();
  return {
    ...files,
    async createFile(path, mode) {
      const file = await files.createFile(path, mode);
      return {
        ...file,
        write(bytes) {
          space.freeBytes -= bytes.length;
          if (space.freeBytes >= 0) return file.write(bytes);
          return Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
        },
      };
    },
  };
}
