import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { encodeBoltFile } from '../../../src/adapters/raft/bolt-writer.js';
import { encodeLogStore, type LogStoreContent, readLogStore } from '../../../src/adapters/raft/log-store.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { fileSystemOf } from './bolt-images.js';

const reading = (content: LogStoreContent) => readLogStore(fileSystemOf(encodeLogStore(content)), 'log.db');
const largest = 2n ** 64n - 1n;

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
