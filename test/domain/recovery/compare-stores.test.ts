import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { compareStores } from '../../../src/domain/recovery/compare-stores.js';
import { inspectStore } from '../../../src/domain/recovery/inspect-store.js';
import type { SurvivingStores } from '../../../src/ports/surviving-stores.js';
import { clusterInit } from '../../builders/commands.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import {
  createInMemorySurvivingStores,
  type PlantedEntry,
  type PlantedStore,
} from '../../fakes/in-memory-surviving-stores.js';
import { rejectionOf } from '../refusal.js';

const test = suite('comparing surviving stores');
const never = new AbortController().signal;

/** A store whose entries behind the first two have these terms. */
function storeOf(...terms: readonly bigint[]): PlantedStore {
  const entries = [{ term: 1n }, { term: 1n, command: clusterInit('c-1') }, ...terms.map((term) => ({ term }))];
  return { currentTerm: 9n, entries, members: [] };
}

/** The same cluster, of which the first entries are in a snapshot. */
function compacted(index: bigint, ...terms: readonly bigint[]): PlantedStore {
  const snapshot = { id: `1-${index}-1`, index, term: 1n, state: snapshotOf('c-1') };
  return { currentTerm: 9n, snapshot, entries: terms.map((term) => ({ term })), members: [] };
}

/** The stores in the order in which they are to be taken, called by their position. */
async function compared(...stores: readonly PlantedStore[]) {
  const survivors = createInMemorySurvivingStores();
  for (const [position, store] of stores.entries()) survivors.planted.set(`/${position}`, store);
  const comparison = await compareStores(
    survivors,
    stores.map((_, position) => `/${position}`),
    never,
  );
  assert.is(survivors.openStores(), 0);
  return comparison.stores.map(({ raftDirectory, parting }) => [raftDirectory, parting] as const);
}

test('puts the higher last term before the longer log', async () => {
  assert.equal(await compared(storeOf(2n, 2n, 2n), storeOf(2n, 3n)), [
    ['/1', undefined],
    ['/0', { kind: 'differs', index: 3n }],
  ]);
});

test('refuses a store that is named twice, which would count as two disks', async () => {
  const survivors = createInMemorySurvivingStores();
  for (const path of ['/0', '/1']) survivors.planted.set(path, storeOf(2n));
  const refusal = await rejectionOf('request_invalid', compareStores(survivors, ['/0', '/1', '/0'], never));
  assert.is(refusal.message, '/0 is named twice, and would count as two disks.');
  assert.is(survivors.openStores(), 0);
});

test('puts the longer log first where the last terms are the same', async () => {
  assert.equal(await compared(storeOf(2n), storeOf(2n, 2n), storeOf(2n, 2n)), [
    ['/1', undefined],
    ['/2', { kind: 'ends', index: 4n }],
    ['/0', { kind: 'ends', index: 3n }],
  ]);
});

test('finds where logs part that begin behind snapshots at different places', async () => {
  assert.equal(await compared(compacted(3n, 2n, 2n, 2n), storeOf(1n, 2n)), [
    ['/0', undefined],
    ['/1', { kind: 'ends', index: 4n }],
  ]);
  assert.equal(await compared(storeOf(1n, 2n, 3n), compacted(3n, 2n)), [
    ['/0', undefined],
    ['/1', { kind: 'ends', index: 4n }],
  ]);
});

test('tells forks by their content where index and term are equal', async () => {
  const grown = (certificate: string, ...more: readonly bigint[]): PlantedStore => {
    const { entries, ...rest } = storeOf(2n);
    return {
      ...rest,
      entries: [...entries, { term: 2n, command: clusterInit('c-1', certificate) }, ...more.map((term) => ({ term }))],
    };
  };
  assert.equal(await compared(grown('A'), grown('A')), [
    ['/0', undefined],
    ['/1', { kind: 'ends', index: 4n }],
  ]);
  assert.equal(await compared(grown('A', 2n), grown('B')), [
    ['/0', undefined],
    ['/1', { kind: 'forked', index: 3n }],
  ]);
  const cut = (certificate: string): PlantedStore => ({
    ...compacted(3n),
    entries: [{ term: 2n, command: clusterInit('c-1', certificate) }],
  });
  assert.equal(await compared(cut('A'), cut('B')), [
    ['/0', undefined],
    ['/1', { kind: 'forked', index: undefined }],
  ]);
});

test('says where the snapshots hide it', async () => {
  const hidden = { kind: 'hidden' } as const;
  assert.equal(await compared(compacted(10n, 2n), storeOf(1n)), [
    ['/0', undefined],
    ['/1', hidden],
  ]);
  assert.equal(await compared(compacted(3n, 3n), compacted(3n, 2n)), [
    ['/0', undefined],
    ['/1', { kind: 'differs', index: undefined }],
  ]);
});

test('says which ones are damaged, and counts only what is before the damage', async () => {
  const survivors = createInMemorySurvivingStores();
  const entries: readonly PlantedEntry[] = [...storeOf().entries, { term: 5n, missing: true }, { term: 5n }];
  survivors.planted.set('/damaged', { ...storeOf(), entries });
  survivors.planted.set('/whole', storeOf(2n));
  const { stores, clusterId } = await compareStores(survivors, ['/damaged', '/whole'], never);
  assert.is(clusterId, 'c-1');
  assert.equal(
    stores.map(({ raftDirectory, lossy, lastIndex }) => [raftDirectory, lossy, lastIndex]),
    [
      ['/whole', false, 3n],
      ['/damaged', true, 2n],
    ],
  );
});

test('refuses stores of different clusters, and closes all of them', async () => {
  const survivors = createInMemorySurvivingStores();
  survivors.planted.set('/0', storeOf());
  survivors.planted.set('/1', { ...storeOf(), entries: [{ term: 1n, command: clusterInit('c-2') }] });
  const refusal = await rejectionOf('request_invalid', compareStores(survivors, ['/0', '/1'], never));
  assert.match(refusal.message, /^\/0 and \/1 are of different clusters\.$/);
  assert.is(survivors.openStores(), 0);
});

test('of none gives none', async () => {
  assert.equal(await compareStores(createInMemorySurvivingStores(), [], never), { clusterId: '', stores: [] });
});

test('looking into one tells what its files say, and of a sealed one no more', async () => {
  const survivors = createInMemorySurvivingStores();
  survivors.planted.set('/plain', storeOf());
  survivors.planted.set('/sealed', { ...storeOf(), sealed: true });
  const plain = await inspectStore(survivors, '/plain', never);
  assert.is(plain.survey?.lastIndex, 2n);
  const sealed = await inspectStore(survivors, '/sealed', never);
  assert.is(sealed.survey, undefined);
  assert.is(sealed.records.logRange?.last, 2n);
  assert.is(survivors.openStores(), 0);
});

test('looking into one whose snapshot is damaged still tells what its files say', async () => {
  const survivors = createInMemorySurvivingStores();
  const snapshot = { id: '1-5-1', index: 5n, term: 1n, state: Uint8Array.of(255) };
  survivors.planted.set('/ruined', { ...storeOf(), snapshot });
  const { records, survey, ruin } = await inspectStore(survivors, '/ruined', never);
  assert.is(survey, undefined);
  assert.is(ruin, '/ruined is damaged.');
  assert.equal(
    records.snapshots.map(({ id }) => id),
    ['1-5-1'],
  );
  const failing: SurvivingStores = {
    async open(path) {
      const store = await survivors.open(path);
      return { ...store, survey: () => Promise.reject(new JacoError('storage_failed', 'the disk is gone.')) };
    },
  };
  assert.is(
    (await rejectionOf('storage_failed', inspectStore(failing, '/ruined', never))).message,
    'the disk is gone.',
  );
  assert.is(survivors.openStores(), 0);
});

test.run();
