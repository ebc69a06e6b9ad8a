import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDataDirectoryInspector } from '../../../src/adapters/filesystem/node-data-directory-inspector.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { dataDirectoryInspectorContract, type Harness } from '../../contracts/data-directory-inspector.contract.js';
import { createInMemoryDataDirectoryInspector } from '../../fakes/in-memory-data-directory-inspector.js';
import { somebodyElse } from './users.js';

dataDirectoryInspectorContract('directories on disk', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const path = join(directory, 'jaco');
  const socket = join(directory, 'jaco.sock');
  let server: Server | undefined;
  return {
    inspector: createDataDirectoryInspector(createNodeFileSystem()),
    path,
    socket,
    async makeDirectory() {
      await mkdir(path);
      await chown(path, somebodyElse.uid, somebodyElse.gid);
      return somebodyElse;
    },
    makeFile: () => writeFile(path, ''),
    async plant(file) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), '');
    },
    async listen() {
      const listening = createServer((connection) => connection.destroy());
      server = listening;
      await new Promise<void>((resolve) => listening.listen(socket, resolve));
    },
    async close() {
      server?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

dataDirectoryInspectorContract('in memory', async (): Promise<Harness> => {
  const inspector = createInMemoryDataDirectoryInspector();
  const path = '/var/lib/jaco';
  const socket = '/var/run/jaco/jaco.sock';
  return {
    inspector,
    path,
    socket,
    async makeDirectory() {
      const owner = somebodyElse;
      inspector.entries.set(path, { kind: 'directory', owner, writable: true, files: new Set(), locked: false });
      return owner;
    },
    async makeFile() {
      inspector.entries.set(path, { kind: 'not-a-directory' });
    },
    async plant(file) {
      const entry = inspector.entries.get(path);
      if (entry?.kind === 'directory') entry.files.add(file);
    },
    async listen() {
      inspector.listening.add(socket);
    },
    close: async () => undefined,
  };
});
