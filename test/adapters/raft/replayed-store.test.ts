import { mkdir, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { encodeLogEntry, type LogEntryType } from '../../../src/adapters/raft/log-entry.js';
import { encodeLogStore } from '../../../src/adapters/raft/log-store.js';
import { encodeArrayHeader, encodeRaw, encodeUnsigned } from '../../../src/adapters/raft/msgpack.js';
import { openRaftStore } from '../../../src/adapters/raft/raft-store-reader.js';
import { type ReplayedStore, replayStore, type StateMachine } from '../../../src/adapters/raft/replayed-store.js';
import { writeSnapshot } from '../../../src/adapters/raft/snapshot-writer.js';
import { collect, streamOf } from '../../builders/byte-streams.js';
import { refusalOf } from '../../builders/outcome.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('booting a raft store');
const files = createNodeFileSystem();
const voter = { suffrage: 'voter', id: 'node-1', address: '10.0.0.7:7001' } as const;

/** A state machine that keeps what it was given. */
function createHistory(): StateMachine & { readonly history: string[] } {
  const history: string[] = [];
  return {
    history,
    async restore(content, refuse) {
      const text = (await collect(content)).toString();
      if (text.startsWith('no state')) throw refuse('it holds no state');
      history.push(text);
    },
    apply: (index, data) => void history.push(`${index}: ${Buffer.from(data)}`),
  };
}

interface Planned {
  readonly currentTerm?: bigint;
  readonly entries?: readonly { readonly index: bigint; readonly bytes: Uint8Array }[];
  /** Content by index. */
  readonly snapshots?: Readonly<Record<string, string>>;
}

/** Boots a store with this content, and also returns the entries that counted. */
function booted({ currentTerm = 7n, entries = [], snapshots = {} }: Planned) {
  return withTemporaryDirectory(async (raft) => {
    await mkdir(raft, { recursive: true });
    await writeFile(`${raft}/log.db`, encodeLogStore({ currentTerm, entries }));
    for (const [index, content] of Object.entries(snapshots)) {
      const position = { index: BigInt(index), term: 6n, configurationIndex: 1n };
      const description = { id: `6-${index}-1`, servers: [voter], ...position };
      await writeSnapshot(files, raft, description, streamOf(content), undefined);
    }
    const store = await openRaftStore(files, raft);
    try {
      const counted: bigint[] = [];
      const replayed: ReplayedStore<ReturnType<typeof createHistory>> = await replayStore(
        store,
        createHistory,
        ({ index }) => void counted.push(index),
      );
      return { ...replayed, counted };
    } finally {
      await store.close();
    }
  });
}

function entry(index: bigint, type: LogEntryType = 'command', data: Uint8Array = Buffer.from(`command ${index}`)) {
  const rest = { extensions: new Uint8Array(0), appendedAtNanoseconds: 1n };
  return { index, bytes: encodeLogEntry({ index, term: 7n, type, data, ...rest }) };
}

/** A configuration with one nonvoter (hashicorp/raft v1.7 configuration.go EncodeConfiguration). */
function configuration(id: string): Uint8Array {
  const field = (name: string, value: Uint8Array) => Buffer.concat([encodeRaw(Buffer.from(name)), value]);
  const text = (value: string) => encodeRaw(Buffer.from(value));
  return Buffer.concat([
    Uint8Array.of(0x81),
    field('Servers', encodeArrayHeader(1)),
    Uint8Array.of(0x83),
    field('Suffrage', encodeUnsigned(1n)),
    field('ID', text(id)),
    field('Address', text('10.0.0.9:7001')),
  ]);
}

test('begins with the newest snapshot and applies the later commands', async () => {
  const entries = [entry(40n), entry(41n), entry(42n, 'noop', new Uint8Array(0)), entry(43n)];
  const { state, counted, ...found } = await booted({ entries, snapshots: { 30: 'old', 40: 'new' } });
  assert.equal(state.history, ['new', '41: command 41', '43: command 43']);
  assert.equal(counted, [41n, 42n, 43n]);
  assert.is(found.snapshot?.index, 40n);
  assert.is(found.lastIndex, 43n);
  assert.is(found.lastTerm, 7n);
  assert.equal(found.servers, [voter]);
  assert.equal(found.passedOver, []);
});

test('takes index and term from the snapshot if no entry follows it', async () => {
  const { lastIndex, lastTerm } = await booted({ snapshots: { 40: 'new' } });
  assert.equal([lastIndex, lastTerm], [40n, 6n]);
});

test('applies the whole log where there is no snapshot', async () => {
  const { state, snapshot, lastIndex } = await booted({ entries: [entry(1n), entry(2n)] });
  assert.is(snapshot, undefined);
  assert.equal(state.history, ['1: command 1', '2: command 2']);
  assert.is(lastIndex, 2n);
});

test('says of an empty store that it holds nothing', async () => {
  const { state, lastIndex, lastTerm, servers } = await booted({ currentTerm: 0n });
  assert.equal([state.history, lastIndex, lastTerm, servers], [[], 0n, 0n, []]);
});

test('takes the newest configuration of the log, committed or not', async () => {
  const entries = [
    entry(41n, 'configuration', configuration('node-2')),
    entry(42n, 'configuration', configuration('node-3')),
    entry(43n),
  ];
  const { servers, configurationIndex } = await booted({ entries, snapshots: { 40: 'new' } });
  assert.equal(servers, [{ suffrage: 'nonvoter', id: 'node-3', address: '10.0.0.9:7001' }]);
  assert.is(configurationIndex, 42n);
});

test('skips a snapshot that holds no state, uses a fresh state for the next, and says so', async () => {
  const entries = [entry(31n)];
  const { state, snapshot, passedOver } = await booted({ entries, snapshots: { 30: 'old', 31: 'no state' } });
  assert.is(snapshot?.index, 30n);
  assert.equal(state.history, ['old', '31: command 31']);
  assert.is(passedOver.length, 1);
  assert.match(passedOver[0] ?? '', /snapshots\/6-31-1\/state\.bin is damaged: it holds no state\./);
});

for (const [what, planned, reason] of [
  [
    'a gap behind the snapshot',
    { entries: [entry(42n)], snapshots: { 40: 'new' } },
    /log\.db .*: log entry 41 is missing/,
  ],
  ['a gap in the log', { entries: [entry(1n), entry(3n)] }, /log\.db .*: log entry 2 is missing/],
  [
    'a log that begins behind a damaged snapshot',
    { entries: [entry(41n)], snapshots: { 30: 'old', 40: 'no state' } },
    /holds no state\. An older snapshot cannot take its place, as log entry 31 is missing\./,
  ],
  ['only damaged snapshots', { snapshots: { 30: 'no state', 40: 'no state either' } }, /6-40-1.* holds no state/],
  [
    'a term below that of the snapshot',
    { currentTerm: 5n, snapshots: { 40: 'new' } },
    /its CurrentTerm is 5, below the term 6/,
  ],
] as const) {
  test(`refuses ${what}`, async () => {
    const told = await refusalOf(booted(planned));
    assert.is(told.code, 'store_damaged');
    assert.match(told.message, reason);
  });
}

test.run();
