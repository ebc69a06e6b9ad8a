import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { blockBytes, crashStates } from './crash-states.js';
import { type DiskNode, type Planted, plantDisk, rootInode } from './disk-image.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('what a power cut may leave');

/** The states after `work`, each as its paths: a file followed by its blocks, and empty directories. */
async function statesAfter(planted: readonly Planted[], work: (files: FileSystem) => Promise<void>) {
  const start = plantDisk(planted);
  const disk = createSimulatedDisk(start);
  await work(disk.fileSystem);
  return new Set([...crashStates(start, disk.operations).images].map((image) => render(image)));
}

function render(image: ReadonlyMap<number, DiskNode>, inode = rootInode, path = ''): string {
  const node = image.get(inode) as DiskNode;
  if (node.kind === 'file') return `${path}=${shorten(node.bytes)}${node.owner.uid === 0 ? '' : `@${node.owner.uid}`}`;
  const below = [...node.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  if (below.length === 0) return path;
  return below.map(([name, child]) => render(image, child, `${path}/${name}`)).join(' ');
}

/** One character a block: its first, "0" for a block of zeros; a short last block in lower case. */
function shorten(bytes: Uint8Array): string {
  const blocks: string[] = [];
  for (let start = 0; start < bytes.length; start += blockBytes) {
    const first = String.fromCharCode(bytes[start] as number).replace('\0', '0');
    blocks.push(bytes.length - start < blockBytes ? first.toLowerCase() : first);
  }
  return blocks.join('');
}

const block = (letter: string) => Buffer.alloc(blockBytes, letter);
const write = async (files: FileSystem, path: string, ...pieces: readonly Uint8Array[]) => {
  const file = await files.createFile(path, 0o600);
  for (const piece of pieces) await file.write(piece);
  return file;
};

test('nothing or all of a file that was created and synced, but whose entry was not', async () => {
  const states = await statesAfter([], async (files) => (await write(files, '/a', block('A'))).sync());
  assert.equal(states, new Set(['', '/a=A']));
});

test('any cut, zeros and holes of a file whose entry was synced, but not the file', async () => {
  const states = await statesAfter([], async (files) => {
    await write(files, '/a', block('A'), block('B'), Buffer.from('C'));
    await files.syncDirectory('/');
  });
  assert.equal(states, new Set(['/a=', '/a=A', '/a=AB', '/a=ABc', '/a=000', '/a=A00', '/a=AB0', '/a=0Bc', '/a=A0c']));
});

test('only the tail that was written after a sync of the file is uncertain', async () => {
  const states = await statesAfter([], async (files) => {
    const file = await write(files, '/a', block('A'));
    await files.syncDirectory('/');
    await file.sync();
    await file.write(block('B'));
  });
  assert.equal(states, new Set(['/a=A', '/a=A0', '/a=AB']));
});

test('each entry on its own, in one directory too', async () => {
  const states = await statesAfter([{ path: '/c', bytes: block('C') }], async (files) => {
    await files.createDirectory('/a', 0o700);
    await files.createDirectory('/b', 0o700);
    await files.removeFile('/c');
  });
  assert.equal(states, new Set(['/c=C', '/a /c=C', '/b /c=C', '/a /b /c=C', '', '/a', '/b', '/a /b']));
});

test('a rename as a whole, also where the creation before it is lost', async () => {
  const states = await statesAfter([{ path: '/b', bytes: block('O') }], async (files) => {
    await (await write(files, '/a', block('N'))).sync();
    await files.rename('/a', '/b');
  });
  assert.equal(states, new Set(['/b=O', '/a=N /b=O', '/b=N']));
});

test('a rename between directories is durable with a sync of either', async () => {
  const planted = [{ path: '/d/a', bytes: block('A') }, { path: '/e' }];
  for (const synced of ['/d', '/e']) {
    const states = await statesAfter(planted, async (files) => {
      await files.rename('/d/a', '/e/a');
      await files.syncDirectory(synced);
    });
    assert.equal(states, new Set(['/d /e/a=A']));
  }
});

test('a sync of a directory says nothing of its subdirectories', async () => {
  const states = await statesAfter([], async (files) => {
    await files.createDirectory('/d', 0o700);
    await files.createDirectory('/d/e', 0o700);
    await files.syncDirectory('/');
  });
  assert.equal(states, new Set(['/d', '/d/e']));
});

test('a file whose entry is lost is gone, even if it was durable', async () => {
  const states = await statesAfter([], async (files) => {
    await files.createDirectory('/d', 0o700);
    await (await write(files, '/d/a', block('A'))).sync();
    await files.syncDirectory('/d');
  });
  assert.equal(states, new Set(['', '/d/a=A']));
});

test('a change of owner is lost or kept until the file is synced', async () => {
  const owner = { uid: 7, gid: 7 };
  const changed = (sync: boolean) =>
    statesAfter([], async (files) => {
      const file = await write(files, '/a');
      await files.syncDirectory('/');
      await file.changeOwner(owner);
      if (sync) await file.sync();
    });
  assert.equal(await changed(false), new Set(['/a=', '/a=@7']));
  assert.equal(await changed(true), new Set(['/a=@7']));
});

test('where there are too many states, the corners and as many others as said', async () => {
  const disk = createSimulatedDisk(plantDisk([]));
  for (let number = 0; number < 20; number += 1) await disk.fileSystem.createDirectory(`/${number}`, 0o700);
  const { possible, images } = crashStates(plantDisk([]), disk.operations, 100);
  const sizes = [...images].map((image) => (image.get(rootInode) as DiskNode & { kind: 'directory' }).entries.size);
  assert.is(possible, 2 ** 20);
  assert.is(sizes.length, 100 + 2 * (1 + 2 * 20));
  for (const size of [0, 1, 19, 20]) assert.ok(sizes.includes(size));
});

test.run();
