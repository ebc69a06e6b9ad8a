import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { messages } from '../../../src/adapters/contract/contract.js';
import { readLogStore } from '../../../src/adapters/raft/log-store.js';
import { listSnapshots } from '../../../src/adapters/raft/snapshot-directory.js';
import { electSandboxStore, type SandboxStore } from '../../../src/adapters/sandbox/sandbox-store.js';
import { readStoredRaft, soleVoter } from '../../../src/adapters/sandbox/stored-raft.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { collect } from '../../builders/byte-streams.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { nodeRecordsIn, sandboxMachine, withBooted } from './sandbox-machine.js';

const test = suite('raft store of the sandbox');
const scratch = scratchFor(test);
const machine = sandboxMachine();
const { fileSystem, clock } = machine;
const raft = () => scratch.path('data', 'raft');
const snapshotNames = () => readdirSync(scratch.path('data', 'raft', 'snapshots')).sort();

/** The store of an example cluster, at index 4178 and term 3, as its next leader has it. */
async function openStore(): Promise<SandboxStore> {
  await withBooted(scratch.path('data'), () => undefined, machine, 'node-1');
  return reopenStore();
}

async function reopenStore(): Promise<SandboxStore> {
  const stored = await readStoredRaft(fileSystem, raft());
  return electSandboxStore(fileSystem, clock, raft(), stored, soleVoter(stored.servers, undefined), undefined);
}

const event = () => ({ auditAppend: { event: { type: 13 } } });

/** Appends an event and takes a snapshot after it. */
async function snapshotOfChange(store: SandboxStore) {
  clock.advance(1);
  await store.append(event());
  return store.takeSnapshot();
}

test('is durable with every append, and has it after a restart', async () => {
  const store = await openStore();
  const before = store.lastIndex();
  await store.append(event());
  await store.append(event());
  assert.is(store.lastIndex(), before + 2n);
  const content = await collect(store.content());
  const again = await reopenStore();
  assert.is(again.lastIndex(), before + 3n);
  assert.ok((await collect(again.content())).equals(content));
});

test('computes the checksum of what the boot has read again only where it writes it anew', async () => {
  const first = await openStore();
  await snapshotOfChange(first);
  const store = await reopenStore();
  const [newest] = snapshotNames().reverse();
  const path = scratch.path('data', 'raft', 'snapshots', newest as string, 'state.bin');
  const damaged = readFileSync(path);
  damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1;
  writeFileSync(path, damaged);
  assert.ok((await collect(store.content())).equals(damaged));
  await store.append(event());
  const refusal = await store.takeSnapshot().catch((error: unknown) => error);
  assert.ok(isJacoError(refusal, 'store_damaged'));
});

test('puts state and log into a snapshot at one index, and compacts the log', async () => {
  const store = await openStore();
  await store.append(event());
  const content = await collect(store.content());
  const snapshot = await store.takeSnapshot();
  assert.is(snapshot.index, store.lastIndex());
  assert.is(snapshot.term, store.term());
  assert.ok((await collect(store.readSnapshot(snapshot))).equals(content));
  const log = await readLogStore(fileSystem, `${raft()}/log.db`);
  assert.is(log.firstIndex, undefined);
  assert.is(log.currentTerm, store.term());
  await log.close();
  assert.is((await reopenStore()).lastIndex(), snapshot.index + 1n);
});

test('returns the newest snapshot again while nothing has changed', async () => {
  const store = await openStore();
  const first = await store.takeSnapshot();
  assert.is((await store.takeSnapshot()).id, first.id);
});

test('keeps three snapshots, the newest by term and index', async () => {
  const store = await openStore();
  const taken: string[] = [];
  for (let count = 0; count < 5; count++) taken.push((await snapshotOfChange(store)).id);
  assert.equal(snapshotNames(), taken.slice(-3));
  assert.equal(
    (await listSnapshots(fileSystem, raft())).map(({ id }) => id),
    taken.slice(-3).reverse(),
  );
});

test('keeps one more snapshot as long as it is read', async () => {
  const store = await openStore();
  const slow = await snapshotOfChange(store);
  const reading = store.readSnapshot(slow)[Symbol.asyncIterator]();
  await reading.next();
  for (let count = 0; count < 3; count++) await snapshotOfChange(store);
  assert.ok(snapshotNames().includes(slow.id));
  await reading.return?.();
  await snapshotOfChange(store);
  assert.is(snapshotNames().length, 3);
  assert.not.ok(snapshotNames().includes(slow.id));
});

test('reads the state as it was when the reading began', async () => {
  const store = await openStore();
  const content = await collect(store.content());
  const reading = store.content()[Symbol.asyncIterator]();
  const first = await reading.next();
  await snapshotOfChange(store);
  const rest = await collect({ [Symbol.asyncIterator]: () => reading });
  assert.ok(Buffer.concat([first.value ?? Buffer.alloc(0), rest]).equals(content));
});

test('has each node once in a snapshot, with its last record', async () => {
  const store = await openStore();
  for (const address of ['10.0.0.8:7001', '10.0.0.9:7001']) {
    await store.append({ nodeJoin: { hostname: 'edge-1', address } });
  }
  const state = await collect(store.readSnapshot(await store.takeSnapshot()));
  assert.equal(await nodeRecordsIn(collected(state)), ['node-1', 'edge-2', 'edge-1']);
  assert.is(messages.state.decode(state).nodes.at(-1)?.address, '10.0.0.9:7001');
});

async function* collected(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

test.run();
