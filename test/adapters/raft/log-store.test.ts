import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { encodeBoltFile } from '../../../src/adapters/raft/bolt-writer.js';
import {
  createLogStoreWriter,
  encodeLogStore,
  type LogStoreContent,
  readLogStore,
} from '../../../src/adapters/raft/log-store.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { fileSystemOf } from './bolt-images.js';

const reading = (content: LogStoreContent) => readLogStore(fileSystemOf(encodeLogStore(content)), 'log.db');
const largest = 2n ** 64n - 1n;
const hundred = Array.from({ length: 100 }, (_, position) => ({
  index: BigInt(position + 1),
  bytes: Buffer.alloc(100, position),
}));

test('holds the term that it was seeded with, no vote and no entries', async () => {
  for (const term of [1n, 9007199254740993n, largest]) {
    const store = await reading({ currentTerm: term });
    assert.is(store.currentTerm, term);
    assert.is(store.lastVoteTerm, undefined);
    assert.is(store.lastVoteCandidate, undefined);
    assert.is(store.firstIndex, undefined);
    assert.is(store.lastIndex, undefined);
    for await (const _ of store.entries(0n)) assert.unreachable();
  }
});

test('holds the last vote', async () => {
  const store = await reading({ currentTerm: 7n, lastVote: { term: 6n, candidate: '10.0.0.7:7001' } });
  assert.is(store.lastVoteTerm, 6n);
  assert.is(store.lastVoteCandidate, '10.0.0.7:7001');
});

test('yields the entries in the order of their indexes, from a given one on', async () => {
  const indexes = [5n, 3n, 1000n, 256n, largest];
  const store = await reading({
    currentTerm: 7n,
    entries: indexes.map((index) => ({ index, bytes: Buffer.from(`entry ${index}`) })),
  });
  assert.is(store.firstIndex, 3n);
  assert.is(store.lastIndex, largest);
  const read: string[] = [];
  for await (const { index, bytes } of store.entries(4n)) read.push(`${index}: ${Buffer.from(bytes)}`);
  assert.equal(read, ['5: entry 5', '256: entry 256', '1000: entry 1000', `${largest}: entry ${largest}`]);
});

test('yields no entries behind the last index that there can be', async () => {
  const store = await reading({ currentTerm: 7n, entries: [{ index: largest, bytes: Buffer.from('the last') }] });
  for await (const _ of store.entries(largest + 1n)) assert.unreachable();
});

test('holds thousands of entries and entries of 1 MiB', async () => {
  const entries = Array.from({ length: 3_000 }, (_, position) => ({
    index: BigInt(position + 1),
    bytes: Buffer.alloc(position % 500 === 0 ? 1 << 20 : 200, position),
  }));
  const store = await reading({ currentTerm: 7n, entries });
  let count = 0;
  for await (const { index, bytes } of store.entries(1n)) {
    assert.is(index, BigInt(count + 1));
    assert.is(Buffer.compare(bytes, entries[count]?.bytes ?? Buffer.alloc(0)), 0);
    count += 1;
  }
  assert.is(count, 3_000);
});

/** What a store holds of which every page was taken over from another one, from `from` to `last`, with one more entry. */
async function takenOver(entries: LogStoreContent['entries'], from: bigint, last: bigint) {
  const source = await reading({ currentTerm: 7n, entries: entries ?? [] });
  const pieces: Uint8Array[] = [];
  let pageCount = 0;
  for (const write of [undefined, (bytes: Uint8Array) => void pieces.push(new Uint8Array(bytes))]) {
    const writer = createLogStoreWriter({ currentTerm: 9n }, pageCount, write);
    for await (const pages of source.pages(from)) {
      for (const page of pages) {
        const positions = Array.from({ length: page.count }, (_, position) => page.entryAt(position).index);
        const first = positions.filter((index) => index < from).length;
        writer.addPage(page, first, positions.filter((index) => index <= last).length);
      }
    }
    writer.add({ index: last + 1n, bytes: Buffer.from('added') });
    pageCount = writer.end();
  }
  const bytes = Buffer.concat(pieces);
  assert.is(bytes.length, pageCount * 4096);
  const store = await readLogStore(fileSystemOf(bytes), 'log.db');
  const read: string[] = [];
  for await (const { index, bytes: content } of store.entries(0n)) read.push(`${index}: ${content.length}`);
  return { term: store.currentTerm, lastIndex: store.lastIndex, read };
}

for (const [what, count, bytesOf] of [
  ['a log that lies inline', 3, () => 20],
  ['one page', 40, () => 60],
  ['a tree of pages', 5_000, () => 100],
  ['entries of several pages', 60, (position: number) => 3_000 + position * 200],
] as const) {
  test(`takes over ${what} from another log store, from and to any entry`, async () => {
    const entries = Array.from({ length: count }, (_, position) => ({
      index: BigInt(position + 1),
      bytes: Buffer.alloc(bytesOf(position), position),
    }));
    for (const [from, last] of [
      [1, count],
      [2, count - 1],
      [Math.ceil(count / 2), Math.ceil(count / 2)],
      [Math.ceil(count / 3), count],
    ] as const) {
      const wanted = entries.slice(from - 1, last).map(({ index, bytes }) => `${index}: ${bytes.length}`);
      const { term, lastIndex, read } = await takenOver(entries, BigInt(from), BigInt(last));
      assert.equal([term, lastIndex], [9n, BigInt(last + 1)]);
      assert.equal(read, [...wanted, `${last + 1}: 5`]);
    }
  });
}

test('reads a file without either bucket as raft-boltdb would: empty, term 0', async () => {
  const store = await readLogStore(fileSystemOf(encodeBoltFile([])), 'log.db');
  assert.is(store.currentTerm, 0n);
  assert.is(store.firstIndex, undefined);
});

test('refuses a term or a log key that is not a uint64', async () => {
  const eight = Buffer.alloc(8);
  for (const [bucket, other] of [
    [{ name: 'conf', pairs: [{ key: Buffer.from('CurrentTerm'), value: Buffer.alloc(7) }] }, 'logs'],
    [{ name: 'logs', pairs: [{ key: Buffer.alloc(9), value: eight }] }, 'conf'],
  ] as const) {
    const image = encodeBoltFile([bucket, { name: other, pairs: [] }]);
    const error = await readLogStore(fileSystemOf(image), 'log.db').catch((thrown: unknown) => thrown);
    assert.ok(isJacoError(error, 'store_damaged'));
    assert.match(error.message, /has [79] bytes instead of 8/);
  }
});

test('refuses a file that has lost one of its buckets', async () => {
  const image = encodeBoltFile([{ name: 'conf', pairs: [] }]);
  const error = await readLogStore(fileSystemOf(image), 'log.db').catch((thrown: unknown) => thrown);
  assert.ok(isJacoError(error, 'store_damaged'));
  assert.match(error.message, /only one of the buckets "logs" and "conf"/);
});

test('refuses a file that has lost both of its buckets, but not one that never had them', async () => {
  const image = Buffer.from(encodeLogStore({ currentTerm: 7n, entries: hundred }));
  const root = image.length - 4096;
  assert.is(image.readUInt16LE(root + 10), 2);
  image.writeUInt16LE(0, root + 10);
  const error = await readLogStore(fileSystemOf(image), 'log.db').catch((thrown: unknown) => thrown);
  assert.ok(isJacoError(error, 'store_damaged'));
  assert.match(error.message, /has \d+ pages, and lacks the buckets "logs" and "conf"/);

  const store = await readLogStore(fileSystemOf(encodeBoltFile([])), 'log.db');
  assert.is(store.currentTerm, 0n);
  assert.is(store.lastIndex, undefined);
  await store.close();
});

test('refuses to write a number that is not a uint64', () => {
  assert.throws(() => encodeLogStore({ currentTerm: 2n ** 64n }), /is not a uint64/);
  assert.throws(() => encodeLogStore({ currentTerm: -1n }), /is not a uint64/);
});

test('says which file is missing, and that a directory is not a log store', () =>
  withTemporaryDirectory(async (directory) => {
    const opening = (path: string) => readLogStore(createNodeFileSystem(), path).catch((error: unknown) => error);
    const missing = await opening(`${directory}/log.db`);
    assert.ok(isJacoError(missing, 'storage_failed'));
    assert.match(String(missing), /cannot open .*log\.db: there is no such file/);
    assert.ok(isJacoError(await opening(directory), 'store_damaged'));
  }));

test.run();
