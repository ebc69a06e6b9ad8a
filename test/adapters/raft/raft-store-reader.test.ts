import { mkdir, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { encodeLogEntry } from '../../../src/adapters/raft/log-entry.js';
import { encodeLogStore, type LogStoreContent } from '../../../src/adapters/raft/log-store.js';
import { openRaftStore } from '../../../src/adapters/raft/raft-store-reader.js';
import { writeSnapshot } from '../../../src/adapters/raft/snapshot-writer.js';
import { collect, streamOf } from '../../builders/byte-streams.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('reader of a raft store');
const files = createNodeFileSystem();

const voter = { suffrage: 'voter', id: 'node-1', address: '10.0.0.7:7001' } as const;

/** An entry as it is stored, of a term that tells it from its index. */
function entry(index: bigint, data = Buffer.from(`command ${index}`)) {
  const bytes = encodeLogEntry({
    ...{ index, term: 7n, type: 'command', data, extensions: new Uint8Array(0) },
    appendedAtNanoseconds: 1n,
  });
  return { index, bytes };
}

async function plant(raft: string, log: LogStoreContent, snapshots: readonly bigint[] = []): Promise<void> {
  await mkdir(raft, { recursive: true });
  await writeFile(`${raft}/log.db`, encodeLogStore(log));
  for (const index of snapshots) {
    const description = { id: `6-${index}-1`, index, term: 6n, servers: [voter], configurationIndex: 1n };
    await writeSnapshot(files, raft, description, streamOf(`state at ${index}`), undefined);
  }
}

/** The same file system, and the longest piece that was read at once. */
function measured(): { readonly fileSystem: FileSystem; longestBytes(): number } {
  let longest = 0;
  return {
    longestBytes: () => longest,
    fileSystem: {
      ...files,
      async openFile(path) {
        const file = await files.openFile(path);
        return {
          ...file,
          read(buffer, position) {
            longest = Math.max(longest, buffer.length);
            return file.read(buffer, position);
          },
        };
      },
    },
  };
}

test('says term, vote, range of the log and snapshots, the newest first', () =>
  withTemporaryDirectory(async (raft) => {
    const lastVote = { term: 6n, candidate: '10.0.0.8:7001' };
    await plant(raft, { currentTerm: 7n, lastVote, entries: [entry(41n), entry(42n), entry(43n)] }, [30n, 40n]);
    const store = await openRaftStore(files, raft);
    assert.is(store.currentTerm, 7n);
    assert.equal(store.lastVote, lastVote);
    assert.equal(store.logRange, { first: 41n, last: 43n });
    assert.equal(
      store.snapshots.map(({ id, servers }) => ({ id, servers })),
      ['6-40-1', '6-30-1'].map((id) => ({ id, servers: [voter] })),
    );
    await store.close();
  }));

test('yields the entries from an index on, decoded and as they are stored', () =>
  withTemporaryDirectory(async (raft) => {
    await plant(raft, { currentTerm: 7n, entries: [entry(41n), entry(42n), entry(43n)] });
    const store = await openRaftStore(files, raft);
    const read: string[] = [];
    for await (const stored of store.entries(42n)) {
      const { index, term, type, data } = store.readEntry(stored);
      read.push(`${index} ${term} ${type} ${Buffer.from(data)}`);
      assert.ok(Buffer.from(stored.bytes).equals(entry(index).bytes));
    }
    assert.equal(read, ['42 7 command command 42', '43 7 command command 43']);
    await store.close();
  }));

test('yields the content of any snapshot', () =>
  withTemporaryDirectory(async (raft) => {
    await plant(raft, { currentTerm: 7n }, [30n, 40n]);
    const store = await openRaftStore(files, raft);
    const { meta, content } = await store.openSnapshot('6-30-1');
    assert.is(meta.index, 30n);
    assert.is((await collect(content)).toString(), 'state at 30');
    await store.close();
  }));

test('says that a young store has no vote, no log and no snapshot', () =>
  withTemporaryDirectory(async (raft) => {
    await plant(raft, { currentTerm: 0n });
    const store = await openRaftStore(files, raft);
    assert.is(store.lastVote, undefined);
    assert.is(store.logRange, undefined);
    assert.equal(store.snapshots, []);
    await store.close();
  }));

test('names the file in errors about damage', () =>
  withTemporaryDirectory(async (raft) => {
    await plant(raft, { currentTerm: 7n });
    const store = await openRaftStore(files, raft);
    assert.is(store.refuseLog('it is odd').message, `${raft}/log.db is damaged: it is odd.`);
    assert.match(store.refuseSnapshot('6-40-1')('it is odd').message, `${raft}/snapshots/6-40-1/state.bin is damaged`);
    await store.close();
  }));

test('refuses an entry that says it is another', () =>
  withTemporaryDirectory(async (raft) => {
    await plant(raft, { currentTerm: 7n, entries: [{ index: 41n, bytes: entry(42n).bytes }] });
    const store = await openRaftStore(files, raft);
    for await (const stored of store.entries(0n)) {
      assert.throws(() => store.readEntry(stored), /log entry 41 says that it is 42/);
    }
    await store.close();
  }));

test('reads a log of 48 MiB in pieces of 1 MiB', () =>
  withTemporaryDirectory(async (raft) => {
    const entries = Array.from({ length: 6_000 }, (_, position) => entry(BigInt(position + 1), Buffer.alloc(8192)));
    await plant(raft, { currentTerm: 7n, entries });
    const { fileSystem, longestBytes } = measured();
    const store = await openRaftStore(fileSystem, raft);
    let count = 0;
    for await (const { index } of store.entries(0n)) count += Number(index === BigInt(count + 1));
    await store.close();
    assert.is(count, 6_000);
    assert.ok(longestBytes() <= 1024 * 1024, `${longestBytes()} bytes at once`);
  }));

test.run();
