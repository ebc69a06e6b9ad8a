import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { fileSystemContract } from '../contracts/file-system.contract.js';
import { describeDisk, plantDisk } from './disk-image.js';
import { createSimulatedDisk } from './simulated-disk.js';

fileSystemContract('the operating system’s', async () => {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'jaco-files-'));
  return {
    fileSystem: createNodeFileSystem(),
    directory,
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

fileSystemContract('simulated', async () => ({
  fileSystem: createSimulatedDisk(plantDisk([{ path: '/work' }])).fileSystem,
  directory: '/work',
  close: async () => undefined,
}));

const test = suite('a simulated disk');

test('starts with what was planted', () => {
  const owner = { uid: 1, gid: 2 };
  const { image } = createSimulatedDisk(plantDisk([{ path: '/a/b', bytes: Buffer.from('text'), mode: 0o640, owner }]));
  const [directory, file] = describeDisk(image());
  assert.is(directory, '/a directory 755 0:0');
  assert.match(String(file), /^\/a\/b file 640 1:2 4 [0-9a-f]{16}$/);
});

test('leaves what was planted as it is', async () => {
  const start = plantDisk([{ path: '/a', bytes: Buffer.from('text') }, { path: '/d' }]);
  const before = describeDisk(start);
  const { fileSystem } = createSimulatedDisk(start);
  await fileSystem.rename('/a', '/d/a');
  await fileSystem.changeOwner('/d', { uid: 1, gid: 1 });
  assert.equal(describeDisk(start), before);
});

test('notes what changes it, in order, and nothing else', async () => {
  const { fileSystem, operations } = createSimulatedDisk(plantDisk([]));
  await fileSystem.createDirectory('/d', 0o700);
  const file = await fileSystem.createFile('/d/a', 0o600);
  await file.write(Buffer.from('text'));
  await file.sync();
  await file.close();
  await fileSystem.rename('/d/a', '/d/b');
  await fileSystem.list('/d');
  await fileSystem.syncDirectory('/d');
  const kinds = operations.map(({ kind, path }) => `${kind} ${path}`);
  assert.equal(kinds, ['entries /d', 'entries /d/a', 'write /d/a', 'sync /d/a', 'entries /d/b', 'sync-directory /d']);
});

test('counts the files that are open', async () => {
  const disk = createSimulatedDisk(plantDisk([]));
  const file = await disk.fileSystem.createFile('/a', 0o600);
  assert.is(disk.openFiles(), 1);
  await file.close();
  assert.is(disk.openFiles(), 0);
});

test.run();
