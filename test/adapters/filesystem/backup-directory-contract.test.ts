import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackupDirectory } from '../../../src/adapters/filesystem/node-backup-directory.js';
import { backupDirectoryContract, type Harness } from '../../contracts/backup-directory.contract.js';
import type { InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryBackupDirectory } from '../../fakes/in-memory-backup-directory.js';
import { watchedFileSystem } from './watched-file-system.js';

backupDirectoryContract('on disk', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  let broken = false;
  const { fileSystem } = watchedFileSystem(directory, ({ action }) => {
    if (broken && action === 'unlink') throw Object.assign(new Error('EIO'), { code: 'EIO' });
  });
  const path = (name: string) => join(directory, name);
  return {
    backups: createBackupDirectory(fileSystem),
    path,
    async put(name) {
      // As a backup comes: a new file that takes the name.
      await writeFile(path('.part'), name);
      await rename(path('.part'), path(name));
    },
    names: async () => (await readdir(directory)).sort(),
    breakDisk() {
      broken = true;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

backupDirectoryContract('in memory', async (): Promise<Harness> => {
  const files = new Map<string, InMemoryFile>();
  const backups = createInMemoryBackupDirectory(files);
  const path = (name: string) => `/backups/${name}`;
  return {
    backups,
    path,
    async put(name) {
      files.set(path(name), { bytes: Buffer.from(name), mode: 0o600 });
    },
    names: async () => [...files.keys()].map((file) => file.replace('/backups/', '')).sort((a, b) => (a < b ? -1 : 1)),
    breakDisk() {
      backups.broken = true;
    },
    close: async () => undefined,
  };
});
