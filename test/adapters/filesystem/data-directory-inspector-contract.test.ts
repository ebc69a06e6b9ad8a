import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDataDirectoryInspector } from '../../../src/adapters/filesystem/node-data-directory-inspector.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { dataDirectoryInspectorContract, type Harness } from '../../contracts/data-directory-inspector.contract.js';
import { createInMemoryDataDirectoryInspector } from '../../fakes/in-memory-data-directory-inspector.js';
import type { WaitingProcess } from './child-process.js';
import { programCalledSystemd, startListening } from './listening-process.js';
import { somebodyElse } from './users.js';

dataDirectoryInspectorContract('directories on disk', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const path = join(directory, 'jaco');
  const socket = join(directory, 'jaco.sock');
  const otherPath = join(directory, 'other');
  await mkdir(join(otherPath, 'raft'), { recursive: true });
  await writeFile(join(otherPath, 'raft/log.db'), '');
  let listener: WaitingProcess | undefined;
  let freeBytes: number | undefined;
  const fileSystem = { ...createNodeFileSystem(), freeBytes: async () => freeBytes };
  return {
    inspector: createDataDirectoryInspector(fileSystem),
    path,
    socket,
    otherPath,
    leaveFree(bytes) {
      freeBytes = bytes;
    },
    async leaveStaged(bytes) {
      await mkdir(join(path, 'raft.restoring/snapshots'), { recursive: true });
      await writeFile(join(path, 'raft.restoring/log.db'), Buffer.alloc(bytes - 10_000));
      await writeFile(join(path, 'raft.restoring/snapshots/state.bin'), Buffer.alloc(10_000));
    },
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
    writeMarker: (text) => writeFile(join(path, 'restore.txt'), text, 'latin1'),
    async listen(serving) {
      listener = await startListening(socket, serving === undefined ? {} : { serving });
    },
    async await() {
      listener = await startListening(socket, { program: await programCalledSystemd(directory) });
    },
    async close() {
      await listener?.end();
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
    otherPath: '/mnt/other',
    leaveFree(bytes) {
      inspector.freeBytes = bytes;
    },
    async leaveStaged(bytes) {
      const entry = inspector.entries.get(path);
      if (entry?.kind === 'directory') entry.leftBytes = bytes;
    },
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
    async writeMarker(text) {
      const entry = inspector.entries.get(path);
      if (entry?.kind === 'directory') entry.marker = text;
    },
    async listen(serving) {
      inspector.listeners.set(socket, { kind: 'daemon', serving });
    },
    async await() {
      inspector.listeners.set(socket, { kind: 'systemd' });
    },
    close: async () => undefined,
  };
});
