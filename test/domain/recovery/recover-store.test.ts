import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { previewRecovery } from '../../../src/domain/recovery/preview-recovery.js';
import { recoverStore } from '../../../src/domain/recovery/recover-store.js';
import { lossOf } from '../../../src/domain/recovery/recovery-plan.js';
import { collectStoreFindings } from '../../../src/domain/recovery/store-findings.js';
import { clusterInit, commandOf } from '../../builders/commands.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { failureOf, rejectionOf } from '../refusal.js';
import { nowMs, recoveryStage, recoveryWish, youngCluster } from './recovery-stage.js';

const test = suite('recoverStore');
const never = new AbortController().signal;

test('makes the node the only member after the last entry, in the term on the disk', async () => {
  const { ports, survivors } = recoveryStage();
  const { plan } = await recoverStore(ports, recoveryWish(), never);
  const recovered = survivors.committed.get('/var/lib/jaco');
  assert.equal(recovered?.seed, {
    dataDirectory: '/var/lib/jaco',
    owner: { uid: 990, gid: 991 },
    voter: { id: 'node-1', address: '10.0.0.7:7001' },
    index: 4n,
    term: 2n,
    keptAs: undefined,
  });
  assert.is(recovered?.commands, plan.firstCommands);
  assert.is(survivors.openStores(), 0);
});

test('takes the term of the stable store where no entry of it was written', async () => {
  const { ports, survivors } = recoveryStage({ ...youngCluster, currentTerm: 9n });
  await recoverStore(ports, recoveryWish(), never);
  assert.is(survivors.committed.get('/var/lib/jaco')?.seed.term, 9n);
});

test('takes a term of the log that is above the stable store’s', async () => {
  const { ports, survivors } = recoveryStage({ ...youngCluster, currentTerm: 1n });
  await recoverStore(ports, recoveryWish(), never);
  assert.is(survivors.committed.get('/var/lib/jaco')?.seed.term, 2n);
});

test('enters the node under its address, and records where the state comes from, once', async () => {
  const { ports, markers } = recoveryStage();
  const { plan } = await recoverStore(ports, recoveryWish(), never);
  assert.equal(
    plan.firstCommands.commands.map(({ kind }) => kind),
    ['node-joins', 'node-is-ready', 'restore-is-recorded'],
  );
  assert.equal(markers.get('/var/lib/jaco'), {
    clusterId: 'c-1',
    snapshotIndex: 3n,
    takenAt: '2026-05-26T08:29:00.000Z',
    importedAt: '2026-05-26T08:30:00.000Z',
  });
});

test('signs the certificate of the node with the CA that is in the log', async () => {
  const { ports, identities } = recoveryStage();
  const { identityFiles } = await recoverStore(ports, recoveryWish(), never);
  assert.equal(identityFiles, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
  assert.is(identities.installed.get('/var/lib/jaco/node/ca.crt')?.text, 'the CA');
});

test('removes nodes from the state that commands after the snapshot have added', async () => {
  const join = commandOf({ nodeJoin: { hostname: 'node-2', address: '10.0.0.2:7001', grpcAddress: '10.0.0.2:7000' } });
  const entries = [...youngCluster.entries, { term: 2n, command: join }];
  const { ports } = recoveryStage({ ...youngCluster, entries });
  const { plan } = await recoverStore(ports, recoveryWish({ removeOtherNodes: true }), never);
  assert.equal(plan.firstCommands.commands[2], { kind: 'node-is-removed', hostname: 'node-2' });
  assert.equal(plan.rejoin, []);
});

test('lists the nodes that must join again, and warns of those that still accept work', async () => {
  const state = snapshotOf('c-1');
  const snapshot = { id: '5-100-1', index: 100n, term: 5n, state };
  const entries = [{ term: 5n, command: clusterInit('c-1') }];
  const { ports } = recoveryStage({ ...youngCluster, snapshot, entries });
  const { plan, warnings, snapshotSizeBytes } = await recoverStore(ports, recoveryWish({ name: 'node-9' }), never);
  assert.equal(
    plan.rejoin.map(({ hostname }) => hostname),
    ['node-1'],
  );
  assert.ok(warnings.some(({ sentence }) => /goes on placing work on node-1/.test(sentence)));
  assert.is(snapshotSizeBytes, state.length);
  assert.ok(plan.writes.includes('/var/lib/jaco/raft/snapshots/5-100-1/state.bin'));
});

test('says what is damaged and costs nothing', async () => {
  const { ports, survivors } = recoveryStage();
  const open = survivors.open;
  ports.survivors.open = async (path) => {
    const store = await open(path);
    const survey: typeof store.survey = async (begin, signal) => ({
      ...(await store.survey(begin, signal)),
      faults: ['state.bin is damaged.'],
    });
    return { ...store, survey };
  };
  const { warnings } = await recoverStore(ports, recoveryWish(), never);
  assert.ok(warnings.some(({ sentence }) => sentence === 'state.bin is damaged'));
});

const removed = (hostname: string) => commandOf({ nodeRemove: { hostname } });
const gap = { term: 2n, missing: true as const };

for (const [title, behind, told, details] of [
  [
    'a command',
    [gap, { term: 2n, command: removed('a') }],
    /log entries 4 to 5 are lost, among them 1 × node removed\.$/,
    '5',
  ],
  ['nothing that can be read', [gap], /log entry 4 is lost, and no command there can be read\.$/, '4'],
] as const) {
  test(`refuses a store with a gap and ${title} behind it, and tells exactly what is lost`, async () => {
    const { ports, survivors } = recoveryStage({ ...youngCluster, entries: [...youngCluster.entries, ...behind] });
    const refusal = await rejectionOf('store_damaged', recoverStore(ports, recoveryWish(), never));
    assert.match(refusal.message, told);
    assert.equal(refusal.details, { path: '/left/raft', from: '4', to: details });
    assert.is(survivors.committed.size + survivors.openStores(), 0);
  });
}

test('goes on without what is lost where the operator accepts that, and says so', async () => {
  const entries = [...youngCluster.entries, gap, { term: 2n, command: removed('node-1') }];
  const { ports, survivors } = recoveryStage({ ...youngCluster, entries });
  const { warnings } = await recoverStore(ports, recoveryWish({ acceptLoss: true }), never);
  assert.is(survivors.committed.get('/var/lib/jaco')?.seed.index, 4n);
  assert.ok(warnings.some(({ sentence }) => /log entries 4 to 5 are lost/.test(sentence)));
});

test('says that all behind the snapshot is lost where the log cannot tell', () => {
  const visitor = collectStoreFindings();
  assert.is(
    lossOf({ reason: 'log.db is damaged.', from: 8n, to: undefined, visitor }),
    'everything from index 8 on is lost, and the disk does not tell what that was',
  );
});

test('leaves the end out where it is not known', async () => {
  const { ports, survivors } = recoveryStage({ ...youngCluster, entries: [...youngCluster.entries, gap] });
  const open = survivors.open;
  ports.survivors.open = async (path) => {
    const store = await open(path);
    const survey: typeof store.survey = async (begin, signal) => {
      const found = await store.survey(begin, signal);
      return { ...found, lost: found.lost && { ...found.lost, to: undefined } };
    };
    return { ...store, survey };
  };
  const refusal = await rejectionOf('store_damaged', recoverStore(ports, recoveryWish(), never));
  assert.equal(refusal.details, { path: '/left/raft', from: '4' });
});

test('keeps the store that is in the place of the new one', async () => {
  const { ports, survivors } = recoveryStage(youngCluster, { existingRaftStore: 'raft/log.db' });
  const wish = recoveryWish({ dataDirectory: '/left' });
  const { obstacle } = await previewRecovery(ports, wish, never);
  assert.is(obstacle, undefined);
  const { plan } = await recoverStore(ports, wish, never);
  assert.is(plan.seed.keptAs, `/left/raft.before-recovery-${nowMs}`);
  assert.ok(survivors.planted.has(`/left/raft.before-recovery-${nowMs}`));
});

test('takes the time of the recovery where no entry behind the snapshot has one', async () => {
  const snapshot = { id: '5-100-1', index: 100n, term: 5n, state: snapshotOf('c-1') };
  const { ports, markers } = recoveryStage({ ...youngCluster, snapshot, entries: [] });
  await recoverStore(ports, recoveryWish(), never);
  assert.is(markers.get('/var/lib/jaco')?.takenAt, new Date(nowMs).toISOString());
});

test('refuses a store of which the node was never a member of a cluster', async () => {
  const { ports, survivors } = recoveryStage({ ...youngCluster, entries: [{ term: 1n }] });
  const refusal = await rejectionOf('store_damaged', recoverStore(ports, recoveryWish(), never));
  assert.match(refusal.message, /^\/left\/raft names no cluster/);
  assert.is(survivors.openStores(), 0);
});

test('refuses a store behind which raft could not continue, and advises another disk', async () => {
  const { ports } = recoveryStage({ ...youngCluster, currentTerm: 2n ** 64n - 1n });
  const error = await rejectionOf('snapshot_rejected', recoverStore(ports, recoveryWish(), never));
  assert.match(
    error.message,
    /^the recovered store would stand at raft term 18446744073709551615, where the count ends: /,
  );
  assert.match(JSON.stringify(error.remedies), /Take the disk of another node, or a backup\./);
});

test('says that nothing is left where damage has taken the name of the cluster, whether the loss is accepted or not', async () => {
  for (const acceptLoss of [false, true]) {
    const { ports } = recoveryStage({ ...youngCluster, entries: [{ term: 1n, missing: true }, { term: 1n }] });
    const refusal = await rejectionOf('store_damaged', recoverStore(ports, { ...recoveryWish(), acceptLoss }, never));
    assert.match(refusal.message, /^nothing that can be used is left in \/left\/raft: .*log entry 1 is missing\.$/);
    assert.equal(refusal.remedies, [{ kind: 'advice', sentence: 'Take the disk of another node, or a backup.' }]);
  }
});

test('refuses a data directory that a restore would refuse', async () => {
  const { ports, survivors } = recoveryStage(youngCluster, { existingRaftStore: 'raft/log.db' });
  await rejectionOf('raft_store_exists', recoverStore(ports, recoveryWish(), never));
  assert.is(survivors.openStores() + survivors.unfinished.size, 0);
});

test('leaves nothing when the identity cannot be made', async () => {
  const { ports, survivors, markers } = recoveryStage();
  const failure = new Error('no disk');
  const broken = { ...ports.identity, stage: () => Promise.reject(failure) };
  assert.is(await failureOf(recoverStore({ ...ports, identity: broken }, recoveryWish(), never)), failure);
  assert.is(survivors.unfinished.size + survivors.committed.size + markers.size, 0);
});

test('stops between looking and writing', async () => {
  const { ports, survivors } = recoveryStage();
  const interruption = new AbortController();
  const inspect = ports.directories.inspect;
  const stopping = {
    inspect: (...asked: Parameters<typeof inspect>) => {
      interruption.abort();
      return inspect(...asked);
    },
  };
  await rejectionOf(
    'interrupted',
    recoverStore({ ...ports, directories: stopping }, recoveryWish(), interruption.signal),
  );
  assert.is(survivors.unfinished.size + survivors.committed.size, 0);
});

test('plans without writing, and reports obstacles', async () => {
  const { ports, survivors, markers, identities } = recoveryStage(youngCluster, { existingRaftStore: 'raft/log.db' });
  const preview = await previewRecovery(ports, recoveryWish(), never);
  assert.equal(preview.identityFiles, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
  assert.equal(
    preview.preconditions.filter(({ holds }) => !holds).map(({ sentence }) => sentence),
    ['there is no raft store yet'],
  );
  assert.ok(preview.obstacle);
  assert.is(survivors.committed.size + survivors.openStores() + markers.size + identities.installed.size, 0);
});

test('warns in a plan if it cannot make an identity', async () => {
  const { ports } = recoveryStage();
  const preview = { ...ports.identity, preview: async () => ({ files: [], warnings: ['another CA is there'] }) };
  const { warnings, obstacle } = await previewRecovery({ ...ports, identity: preview }, recoveryWish(), never);
  assert.ok(warnings.some(({ sentence }) => sentence === 'another CA is there'));
  assert.is(obstacle, undefined);
});

test.run();
