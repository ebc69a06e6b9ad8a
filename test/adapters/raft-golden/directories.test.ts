import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createCrc64 } from '../../../src/adapters/raft/crc64.js';
import { encodeLogStore, readLogStore } from '../../../src/adapters/raft/log-store.js';
import { encodeSnapshotMeta, type SnapshotMeta } from '../../../src/adapters/raft/snapshot-meta.js';
import type { RaftDirectory } from '../../interop/engine-replies.js';
import { comparable, ourReading } from '../../interop/our-reading.js';
import { expected, fixture } from './fixture.js';

const test = suite('raft directories that the engine wrote, read and written by us');

for (const directory of ['single-voter', 'follower', 'extreme', 'seeded']) {
  test(`${directory}: terms, votes, entries and snapshots are what the engine reads`, async () => {
    assert.equal(await ourReading(fixture(directory, 'raft')), comparable(expected<RaftDirectory>(directory)));
  });
}

test("seeded: our meta.json of the same snapshot is the engine's, to the byte", async () => {
  const [snapshot] = expected<RaftDirectory>('seeded').snapshots as [RaftDirectory['snapshots'][number]];
  const content = readFileSync(fixture('seeded/raft/snapshots', snapshot.id, 'state.bin'));
  const crc = await createCrc64();
  crc.update(content);
  const meta: SnapshotMeta = {
    id: snapshot.id,
    index: 1000n,
    term: 7n,
    servers: [{ id: 'recovered', address: '10.0.0.7:7001', suffrage: 'voter' }],
    configurationIndex: 1n,
    sizeBytes: content.length,
    crc: crc.digest(),
  };
  const theirs = readFileSync(fixture('seeded/raft/snapshots', snapshot.id, 'meta.json'), 'utf8');
  assert.is(Buffer.from(encodeSnapshotMeta(meta)).toString(), theirs);
});

test('extreme: the log continues from entry 2^63 + 1', async () => {
  const log = await readLogStore(createNodeFileSystem(), fixture('extreme/raft/log.db'));
  try {
    assert.is(log.firstIndex, 2n ** 63n + 1n);
    const indexes = [];
    for await (const { index } of log.entries(2n ** 63n + 5n)) indexes.push(index);
    assert.is(indexes[0], 2n ** 63n + 5n);
    assert.is(indexes.at(-1), log.lastIndex);
  } finally {
    await log.close();
  }
});

test('a seeded log.db is no larger than the one that the engine makes of the same term', () => {
  const theirs = readFileSync(fixture('seeded/raft/log.db'));
  assert.ok(encodeLogStore({ currentTerm: 7n }).length <= theirs.length);
});

test.run();
