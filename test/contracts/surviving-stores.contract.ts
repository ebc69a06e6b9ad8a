// Longer than 250 lines: one suite for everything that the port promises.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectStoreFindings } from '../../src/domain/recovery/store-findings.js';
import type { RecoveredStoreSeed, SurvivingStore, SurvivingStores } from '../../src/ports/surviving-stores.js';
import { clusterInit, commandOf } from '../builders/commands.js';
import { sampleCommands } from '../builders/first-commands.js';
import { codeOf } from '../builders/outcome.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import type { PlantedStore } from '../fakes/in-memory-surviving-stores.js';

/** What a daemon would find in the data directory. */
export interface FoundRecovery {
  readonly currentTerm: bigint;
  readonly snapshotIndex: bigint | undefined;
  readonly state: Uint8Array | undefined;
  readonly entries: readonly { readonly index: bigint; readonly term: bigint; readonly type: string }[];
  readonly members: readonly { readonly id: string; readonly address: string; readonly suffrage: string }[];
}

/** One implementation with room for a surviving store and a data directory, which is empty. */
export interface Harness {
  readonly survivors: SurvivingStores;
  readonly dataDirectory: string;
  /** Leaves a store, and gives the data directory that it is in; `inPlace`, in that of the harness. */
  plant(store: PlantedStore, inPlace?: boolean): Promise<string>;
  /** Everything that the surviving store is made of. */
  fingerprint(): Promise<string>;
  found(): Promise<FoundRecovery | undefined>;
  hasLeftovers(): Promise<boolean>;
  close(): Promise<void>;
}

const members = ['node-1', 'node-2', 'node-3'].map((id, position) => ({
  id,
  address: `10.0.0.${position + 1}:7001`,
  suffrage: 'voter' as const,
}));

/** A cluster of three that has run for a while. */
const grown: PlantedStore = {
  currentTerm: 9n,
  snapshot: { id: '7-1000-1795539891344', index: 1000n, term: 7n, state: snapshotOf('c-1', 5000) },
  entries: [
    { term: 7n, command: commandOf({ nodeRemove: { hostname: 'node-3' } }), appendedAtMs: 1_795_600_000_000 },
    { term: 8n },
    { term: 8n, command: commandOf({ nodeStatusUpdate: { hostname: 'node-1', status: 2 } }) },
  ],
  members,
};

/** One that has no snapshot yet. */
const young: PlantedStore = {
  currentTerm: 2n,
  entries: [{ term: 1n }, { term: 2n }, { term: 2n, command: clusterInit('c-1') }],
  members,
};

/** What {@link SurvivingStores} promises, for any implementation. */
export function survivingStoresContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`SurvivingStores contract: ${name}`);
  const never = new AbortController().signal;
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const seed = (lastIndex: bigint, term: bigint): RecoveredStoreSeed => ({
    dataDirectory: harness.dataDirectory,
    owner: undefined,
    voter: { id: 'node-9', address: '10.0.0.9:7001' },
    index: lastIndex + 1n,
    term,
    keptAs: undefined,
  });

  test('reports the content of a store, with every command after its snapshot', async () => {
    const store = await harness.survivors.open(await harness.plant(grown));
    const { visitor, sizeBytes, ...survey } = await store.survey(collectStoreFindings, never);
    assert.equal(survey, {
      snapshot: { id: '7-1000-1795539891344', index: 1000n, term: 7n },
      lastIndex: 1003n,
      lastTerm: 8n,
      currentTerm: 9n,
      entriesBehind: 3n,
      lastAppendedAtMs: 1_795_600_000_000,
      members,
      faults: [],
      lost: undefined,
    });
    assert.ok(sizeBytes > 5000 && sizeBytes < 5000 + 32 * 1024, `about the size of such a store: ${sizeBytes}`);
    assert.equal(visitor.kinds(), [
      { kind: 'node removed', count: 1 },
      { kind: 'node status', count: 1 },
    ]);
    assert.is(visitor.clusterId(), 'c-1');
    await store.close();
  });

  test('finds the whole state of a young cluster in its log', async () => {
    const store = await harness.survivors.open(await harness.plant(young));
    const { snapshot, visitor, lastIndex, sizeBytes } = await store.survey(collectStoreFindings, never);
    assert.is(snapshot, undefined);
    assert.ok(sizeBytes > 0 && sizeBytes < 32 * 1024, `about the size of such a store: ${sizeBytes}`);
    assert.is(lastIndex, 3n);
    assert.is(visitor.clusterId(), 'c-1');
    await store.close();
  });

  for (const [title, planted, lastIndex] of [
    ['a grown', grown, 1003n],
    ['a young', young, 3n],
  ] as const) {
    test(`puts all that ${title} cluster's store holds into place, then the one member, then the commands`, async () => {
      const from = await harness.plant(planted);
      const before = await harness.fingerprint();
      const store = await harness.survivors.open(from);
      await store.survey(collectStoreFindings, never);
      const staged = await store.stage(seed(lastIndex, 9n), sampleCommands(), never);
      assert.is(await harness.found(), undefined);
      assert.is(staged.snapshotSizeBytes, planted.snapshot?.state.length ?? 0);
      await staged.commit();
      await store.close();
      const first = (planted.snapshot?.index ?? 0n) + 1n;
      const kept = planted.entries.map(({ term, command }, position) => ({
        index: first + BigInt(position),
        term,
        type: command === undefined ? 'noop' : 'command',
      }));
      const found = (await harness.found()) as FoundRecovery;
      assert.equal(found.entries.slice(planted === young ? 1 : 0), [
        ...kept.slice(planted === young ? 1 : 0),
        { index: lastIndex + 1n, term: 9n, type: 'configuration' },
        { index: lastIndex + 2n, term: 9n, type: 'command' },
      ]);
      assert.is(found.currentTerm, 9n);
      assert.is(found.snapshotIndex, planted.snapshot?.index);
      assert.equal(found.state && Buffer.from(found.state), planted.snapshot && Buffer.from(planted.snapshot.state));
      assert.equal(found.members, [{ id: 'node-9', address: '10.0.0.9:7001', suffrage: 'voter' }]);
      assert.is(await harness.hasLeftovers(), false);
      assert.is(await harness.fingerprint(), before);
    });
  }

  test('leaves nothing on discard, which may be repeated', async () => {
    const store = await harness.survivors.open(await harness.plant(grown));
    await store.survey(collectStoreFindings, never);
    const staged = await store.stage(seed(1003n, 9n), sampleCommands(), never);
    assert.equal([...(await staged.discard()), ...(await staged.discard())], []);
    assert.is(await harness.found(), undefined);
    assert.is(await harness.hasLeftovers(), false);
    await store.close();
    await store.close();
  });

  test('refuses a second store in the same place, at the stage and at the commit', async () => {
    const from = await harness.plant(grown);
    const [one, other] = [await harness.survivors.open(from), await harness.survivors.open(from)];
    for (const store of [one, other]) await store.survey(collectStoreFindings, never);
    const staged = await one.stage(seed(1003n, 9n), sampleCommands(), never);
    const again = () => other.stage(seed(1003n, 9n), sampleCommands(), never);
    assert.is(await codeOf(again()), 'in_progress');
    await staged.commit();
    assert.is(await codeOf(again()), 'raft_store_exists');
    for (const store of [one, other]) await store.close();
  });

  test('stops when it is interrupted, and leaves nothing', async () => {
    const store = await harness.survivors.open(await harness.plant(grown));
    const stopped = AbortSignal.abort();
    assert.is(await codeOf(store.survey(collectStoreFindings, stopped)), 'interrupted');
    await store.close();
    const again = await harness.survivors.open(await harness.plant(grown));
    await again.survey(collectStoreFindings, never);
    assert.is(await codeOf(again.stage(seed(1003n, 9n), sampleCommands(), stopped)), 'interrupted');
    assert.is(await harness.hasLeftovers(), false);
    await again.close();
  });

  test('refuses to be staged before it was looked at', async () => {
    const store = await harness.survivors.open(await harness.plant(grown));
    const failure = await store.stage(seed(1003n, 9n), sampleCommands(), never).catch((error: unknown) => error);
    assert.match(String(failure), /stage before survey/);
    await store.close();
  });

  for (const [title, entries] of [
    ['a gap', [{ term: 7n }, { term: 7n, missing: true as const }, ...grown.entries.slice(2)]],
    [
      'an entry that is no command',
      [{ term: 7n }, { term: 7n, command: Buffer.from('none') }, ...grown.entries.slice(2)],
    ],
  ] as const) {
    test(`stops at ${title}, tells what is lost behind it, and saves what is before it`, async () => {
      const store = await harness.survivors.open(await harness.plant({ ...grown, entries }));
      const { lost, lastIndex, entriesBehind } = await store.survey(collectStoreFindings, never);
      assert.equal([lastIndex, entriesBehind, lost?.from, lost?.to], [1001n, 1n, 1002n, 1003n]);
      assert.equal(lost?.visitor.kinds(), [{ kind: 'node status', count: 1 }]);
      const staged = await store.stage(seed(1001n, 9n), sampleCommands(), never);
      await staged.commit();
      await store.close();
      const found = (await harness.found()) as FoundRecovery;
      assert.equal(
        found.entries.map(({ index }) => index),
        [1001n, 1002n, 1003n],
      );
    });
  }

  test('takes the place of the store itself, keeps that under another name, and finds it there', async () => {
    const from = await harness.plant(grown, true);
    const store = await harness.survivors.open(from);
    assert.is(await store.isIn(harness.dataDirectory), true);
    assert.is(await store.isIn(`${harness.dataDirectory}/elsewhere`), false);
    const below = '/there/is/no/such/directory';
    assert.equal([await store.realPath('/'), await store.realPath(below)], ['/', below]);
    await store.survey(collectStoreFindings, never);
    assert.is(await codeOf(store.stage(seed(1003n, 9n), sampleCommands(), never)), 'raft_store_exists');
    const keptAs = `${harness.dataDirectory}/raft.before-recovery-1795600000000`;
    const staged = await store.stage({ ...seed(1003n, 9n), keptAs }, sampleCommands(), never);
    await staged.commit();
    await store.close();
    assert.is((await harness.found())?.entries.length, 5);
    const kept = await harness.survivors.open(keptAs);
    assert.is((await kept.survey(collectStoreFindings, never)).lastIndex, 1003n);
    await kept.close();
  });

  test('does not take the place of what another recovery has put there meanwhile', async () => {
    const from = await harness.plant(grown, true);
    const [one, other] = [await harness.survivors.open(from), await harness.survivors.open(from)];
    for (const store of [one, other]) await store.survey(collectStoreFindings, never);
    const stageAs = (store: SurvivingStore, moment: number) =>
      store.stage(
        { ...seed(1003n, 9n), keptAs: `${harness.dataDirectory}/raft.before-recovery-${moment}` },
        sampleCommands(),
        never,
      );
    await (await stageAs(one, 1)).commit();
    assert.is(await codeOf(stageAs(other, 2)), 'store_damaged');
    for (const store of [one, other]) await store.close();
  });

  test('refuses a snapshot that holds no state', async () => {
    const snapshot = { ...grown.snapshot, state: Buffer.from([0xff]) } as NonNullable<PlantedStore['snapshot']>;
    const store = await harness.survivors.open(await harness.plant({ ...grown, snapshot, entries: [] }));
    assert.is(await codeOf(store.survey(collectStoreFindings, never)), 'store_damaged');
    await store.close();
  });

  test('takes the raft directory itself as well', async () => {
    const store = await harness.survivors.open(`${await harness.plant(grown)}/raft`);
    assert.ok(store.raftDirectory.endsWith('/raft'));
    await store.close();
  });

  test('tells what its files say of themselves, and the positions of its entries', async () => {
    const store = await harness.survivors.open(await harness.plant(grown));
    assert.equal(store.records, {
      sealed: false,
      currentTerm: 9n,
      lastVote: { term: 9n, candidate: '10.0.0.2:7001' },
      logRange: { first: 1001n, last: 1003n },
      snapshots: [{ id: '7-1000-1795539891344', index: 1000n, term: 7n, sizeBytes: grown.snapshot?.state.length }],
      skippedSnapshots: [],
    });
    const positions: string[] = [];
    const digests = new Set<string>();
    for await (const { index, term, digest } of store.entryMarks()) {
      positions.push(`${index}/${term}`);
      digests.add(digest);
    }
    assert.ok(digests.size > 1);
    assert.equal(positions, ['1001/7', '1002/8', '1003/8']);
    await store.close();
  });

  test('refuses what is not there, and to look into what is sealed', async () => {
    assert.is(await codeOf(harness.survivors.open(harness.dataDirectory)), 'store_missing');
    const sealed = await harness.survivors.open(await harness.plant({ ...grown, sealed: true }));
    assert.is(sealed.records.sealed, true);
    assert.is(await codeOf(sealed.survey(collectStoreFindings, never)), 'schema_unsupported');
    await sealed.close();
  });

  test.run();
}
