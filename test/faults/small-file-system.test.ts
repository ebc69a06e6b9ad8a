import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem, freeBytesOf } from '../../src/adapters/filesystem/node-file-system.js';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { clusterInit, commandOf } from '../builders/commands.js';
import { jacoFails, jacoSucceeds, runJaco } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipTest } from '../skipping.js';
import { restoreWords } from './interrupted-subject.js';
import { type MountedFileSystem, mountTmpfs } from './mounted-file-system.js';
import { secretCluster } from './secret-cluster.js';

const test = suite('file systems that are too small');
const scratch = sharedScratchFor(test);
const cluster = await secretCluster(3 * 1024 ** 2);
const archive = scratch.path('cluster.tar.gz');
writeFileSync(archive, cluster.archive);
const left = scratch.path('left');
await plantRaftStore(join(left, 'raft'), {
  currentTerm: 2n,
  entries: [
    { term: 1n },
    { term: 1n, command: clusterInit('c-1') },
    ...Array.from({ length: 800 }, () => ({
      term: 1n,
      command: commandOf({ auditAppend: { event: { type: 1, payload: { note: 'x'.repeat(3_000) } } } }),
    })),
  ],
  members: [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' }],
});

/** The commands that write a state, into a directory of the file system. */
const commands = {
  restore: (path: string) => restoreWords(archive, join(path, 'data')),
  drill: (path: string) => ['drill', '--input', archive, '--work-dir', path],
  recover: (path: string) => [
    ...[
      'recover',
      '--from',
      left,
      '--name',
      'node-1',
      '--data-dir',
      join(path, 'data'),
      '--advertise-addr',
      '10.0.0.7:7001',
    ],
  ],
};

async function onFileSystemOf(size: string, work: (fileSystem: MountedFileSystem) => Promise<void>): Promise<void> {
  const fileSystem = mountTmpfs(`size=${size}`);
  if (fileSystem === undefined) return skipTest(`a file system of ${size} (only root can mount one)`);
  try {
    await work(fileSystem);
  } finally {
    fileSystem.unmount();
  }
}

for (const [name, wordsFor] of Object.entries(commands)) {
  test(`end a ${name} before it writes anything, with how much is needed and how much is there`, () =>
    onFileSystemOf('2m', async ({ path }) => {
      const sentence = await jacoFails(wordsFor(path));
      const [, needed, free] = /that takes (\d+) bytes \([0-9.]+ MiB\), and (\d+) bytes/.exec(sentence) ?? [];
      assert.ok(Number(needed) > 2 * 1024 ** 2 && Number(free) <= 2 * 1024 ** 2, sentence);
      assert.equal(readdirSync(path), []);
    }));

  test(`are told from those on which a ${name} has just enough`, () =>
    onFileSystemOf('2m', async (fileSystem) => {
      const { path } = fileSystem;
      const needed = Number(/that takes (\d+) bytes/.exec(await jacoFails(wordsFor(path)))?.[1]);
      // A drill's directory takes a block of its own.
      fileSystem.remount(`size=${Math.ceil(needed / 4096) * 4096 + 4096}`);
      await jacoSucceeds(wordsFor(path));
    }));
}

test('make a dry run say which precondition does not hold', () =>
  onFileSystemOf('2m', async ({ path }) => {
    const { code, stdout } = await runJaco([...commands.restore(path), '--dry-run']);
    assert.is(code, 1);
    assert.match(stdout, /^ {4}\[NO\] there is room for 3\.\d MiB \(2\.0 MiB are free\)$/m);
    const recovery = await runJaco([...commands.recover(path), '--dry-run', '-o', 'json']);
    const { room, possible } = JSON.parse(recovery.stdout);
    assert.is(possible, false);
    assert.ok(room.free_bytes < room.needed_bytes);
  }));

test('count exactly what is free, and less once something is written', () =>
  onFileSystemOf('1m', async ({ path }) => {
    const files = createNodeFileSystem();
    const before = await files.freeBytes(path);
    writeFileSync(join(path, 'file'), Buffer.alloc(256 * 1024));
    assert.equal([before, await files.freeBytes(path)], [1024 ** 2, 1024 ** 2 - 256 * 1024]);
  }));

test('are not known where a file system has no blocks, nor where it may compress', async () => {
  const free = await createNodeFileSystem().freeBytes('/proc');
  assert.is(free, undefined);
  const status = { blocks: 9, bavail: 7, bsize: 4096 };
  const [ext4, btrfs] = [0xef53, 0x9123683e].map((type) => freeBytesOf({ ...status, type }));
  assert.equal([ext4, btrfs], [7 * 4096, undefined]);
});

test.run();
