import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenFile } from '../../../src/adapters/filesystem/file-system.js';
import { createBlockReader } from '../../../src/adapters/raft/block-reader.js';

const blockBytes = 1024 * 1024;

/** A file of `sizeBytes`, each byte of which tells its block; reads that touch `broken` fail. */
function fileOf(sizeBytes: number, broken = -1) {
  const reads: number[] = [];
  const read: OpenFile['read'] = async (buffer, position) => {
    reads.push(position / blockBytes);
    if (position <= broken && broken < position + buffer.length) throw new Error('EIO');
    const count = Math.max(0, Math.min(buffer.length, sizeBytes - position));
    for (let at = 0; at < count; at += 4096) buffer[at] = Math.floor((position + at) / blockBytes);
    return count;
  };
  return { file: { read } as OpenFile, reads };
}

test('reads a file once from its beginning to its end, and returns what is there', async () => {
  const { file, reads } = fileOf(40 * blockBytes);
  const blocks = createBlockReader(file);
  for (let position = 0; position < 40 * blockBytes; position += 4096) {
    const bytes = blocks.inMemory(position, 4096) ?? (await blocks.read(position, 4096));
    assert.is(bytes[0], Math.floor(position / blockBytes));
  }
  await blocks.idle();
  assert.equal(
    reads.filter((block) => block < 40),
    Array.from({ length: 40 }, (_, block) => block),
  );
});

test('finds what it read last in memory, and forgets what lies further back', async () => {
  const { file } = fileOf(40 * blockBytes);
  const blocks = createBlockReader(file);
  for (let block = 0; block < 20; block += 2) await blocks.read(block * blockBytes, 4096);
  assert.is(blocks.inMemory(18 * blockBytes, 4096)?.[0], 18);
  assert.is(blocks.inMemory(0, 4096), undefined);
  assert.is((await blocks.read(0, 4096))[0], 0);
  await blocks.idle();
});

test('returns less at the end of the file, and reads what spans blocks at once', async () => {
  const { file } = fileOf(blockBytes + 100);
  const blocks = createBlockReader(file);
  assert.is((await blocks.read(blockBytes, 4096)).length, 100);
  assert.is((await blocks.read(blockBytes - 4096, 8192)).length, 4096 + 100);
});

test('reads the pages around a place that the disk cannot read', async () => {
  const { file } = fileOf(4 * blockBytes, blockBytes + 10 * 4096);
  const blocks = createBlockReader(file);
  await blocks.read(0, 4096);
  assert.is((await blocks.read(blockBytes, 4096))[0], 1);
  const failure = await blocks.read(blockBytes + 10 * 4096, 4096).catch((error: unknown) => error);
  assert.match(String(failure), /EIO/);
  await blocks.idle();
});

test.run();
