import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { advice } from '../../../src/domain/remedy.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { inMemoryAuthority } from '../../fakes/in-memory-node-identity-writer.js';
import type { InMemoryRaftStore } from '../../fakes/in-memory-raft-store-initializer.js';
import { failureOf, rejectionOf } from '../refusal.js';
import { clusterRecord, field, stateOf } from '../state/state-encoder.js';
import { type RestoreSetting, type RestoreStage, type RestoreStep, restoreStage, wish } from './restore-stage.js';

const test = suite('restoreArchive');
const never = new AbortController().signal;

const opening: readonly RestoreStep[] = [
  'open archive',
  'read configuration',
  'inspect directory',
  'ask daemon version',
];
const failure = new JacoError('storage_failed', 'the disk is gone.', {
  remedies: [advice('Find it.')],
  details: { errno: 'EIO' },
});
const fail = () => {
  throw failure;
};

/** A state with a CA that the identity writer of these tests can sign with. */
const { certificate, key } = inMemoryAuthority('the CA');
const withAuthority = clusterRecord(field(1, 'c-1'), field(2, certificate), field(3, key));

function assertUntouched({ stores, markers, unfinished, identities }: RestoreStage): void {
  assert.is(stores.size + markers.size + unfinished.size, 0);
  assert.is(identities.installed.size + identities.waiting.size, 0);
}

test('commits the store once marker and identity are in place, then closes the archive', async () => {
  const stage = restoreStage();
  await restoreArchive(stage.ports, wish(), never);
  assert.equal(stage.steps, [
    ...opening,
    'stage store',
    'stage identity',
    'write marker',
    'install identity',
    'commit store',
    'finish identity',
    'close archive',
  ]);
});

test('writes the planned store, with the snapshot byte for byte, and the marker', async () => {
  const state = stateOf('c-1');
  const stage = restoreStage({ snapshot: [state.subarray(0, 3), state.subarray(3)] });
  const { plan } = await restoreArchive(stage.ports, wish(), never);
  const store = stage.stores.get('/var/lib/jaco');
  assert.equal(Buffer.from(store?.snapshot ?? []), Buffer.from(state));
  assert.is(store?.seed, plan.seed);
  assert.equal(stage.markers.get('/var/lib/jaco'), { marker: plan.marker, owner: { uid: 990, gid: 991 } });
});

test('says that the node gets no certificate where the state holds no CA', async () => {
  const stage = restoreStage({ snapshot: [clusterRecord(field(1, 'c-1'))] });
  const { warnings } = await restoreArchive(stage.ports, wish({ identity: true }), never);
  assert.ok(warnings.some(({ sentence }) => sentence.startsWith('the state holds no CA')));
});

test('leaves the log empty for a bare restore, and explains a state that does not know the node', async () => {
  const { ports, stores } = restoreStage();
  const { firstCommands, warnings } = await restoreArchive(ports, wish({ bare: true }), never);
  assert.is(firstCommands, undefined);
  assert.is(stores.get('/var/lib/jaco')?.first, undefined);
  assert.ok(warnings.some(({ sentence }) => sentence.startsWith('the bare state does not know node-1 at')));
});

test('returns the plan and the size of the snapshot', async () => {
  const outcome = await restoreArchive(restoreStage().ports, wish(), never);
  assert.is(outcome.snapshotSizeBytes, stateOf('c-1').length);
  assert.is(outcome.plan.seed.voter.address, '10.0.0.7:7001');
  assert.is(outcome.plan.metadata.clusterId, 'c-1');
});

for (const [code, setting] of [
  ['daemon_running', { inspection: { daemon: { kind: 'running', evidence: 'it holds log.db', certain: true } } }],
  ['raft_store_exists', { inspection: { existingRaftStore: 'raft/log.db' } }],
  ['permission_denied', { inspection: { writable: false } }],
  ['storage_failed', { inspection: { kind: 'not-a-directory' } }],
  ['schema_unsupported', { metadata: { schemaVersion: 2 } }],
  ['version_incompatible', { metadata: { jacoVersion: 'v1.0.0' } }],
  ['snapshot_rejected', { metadata: { snapshotIndex: 0n } }],
  ['address_invalid', { configuration: { clusterAddress: 'nonsense' } }],
] as const satisfies readonly (readonly [string, RestoreSetting])[]) {
  test(`refuses with ${code} before the first write, and closes the archive`, async () => {
    const stage = restoreStage(setting);
    await rejectionOf(code, restoreArchive(stage.ports, wish(), never));
    assert.equal(stage.steps, [...opening, 'close archive']);
  });
}

test('does not commit a snapshot of another cluster, and leaves nothing', async () => {
  const stage = restoreStage({ snapshot: [stateOf('c-2')] });
  await rejectionOf('snapshot_rejected', restoreArchive(stage.ports, wish(), never));
  assert.equal(stage.steps, [...opening, 'stage store', 'close archive']);
  assert.is(stage.stores.size + stage.markers.size + stage.unfinished.size, 0);
});

for (const [step, after] of [
  ['open archive', []],
  ['inspect directory', ['close archive']],
  ['stage store', ['close archive']],
  ['stage identity', ['discard store', 'close archive']],
  ['write marker', ['withdraw identity', 'discard store', 'close archive']],
  ['install identity', ['withdraw marker', 'withdraw identity', 'discard store', 'close archive']],
  ['commit store', ['withdraw marker', 'withdraw identity', 'discard store', 'close archive']],
] as const satisfies readonly (readonly [RestoreStep, readonly RestoreStep[]])[]) {
  test(`undoes what was done if the step "${step}" fails, and rethrows its error`, async () => {
    const stage = restoreStage({ at: { [step]: fail }, snapshot: [withAuthority] });
    assert.is(await failureOf(restoreArchive(stage.ports, wish({ identity: true }), never)), failure);
    assert.equal(stage.steps.slice(stage.steps.indexOf(step) + 1), after);
    assertUntouched(stage);
  });
}

test('takes its marker back when another store has appeared, and leaves that store alone', async () => {
  const neighbour = restoreStage();
  await restoreArchive(neighbour.ports, wish(), never);
  const theirs = neighbour.stores.get('/var/lib/jaco') as InMemoryRaftStore;
  const stage = restoreStage({ at: { 'write marker': () => stage.stores.set('/var/lib/jaco', theirs) } });
  await rejectionOf('raft_store_exists', restoreArchive(stage.ports, wish(), never));
  assert.is(stage.stores.get('/var/lib/jaco'), theirs);
  assert.is(stage.markers.size + stage.unfinished.size, 0);
});

test('discards the store even if the marker cannot be withdrawn, and reports both failures', async () => {
  const stuck = () => {
    throw new JacoError('permission_denied', 'cannot remove /data/restore.txt: permission denied.');
  };
  const stage = restoreStage({ at: { 'commit store': fail, 'withdraw marker': stuck } });
  const told = await rejectionOf('storage_failed', restoreArchive(stage.ports, wish(), never));
  assert.equal(stage.steps.slice(-4), ['withdraw marker', 'withdraw identity', 'discard store', 'close archive']);
  assert.is(stage.unfinished.size, 0);
  assert.is(
    told.message,
    'the disk is gone. Undoing it failed too: cannot remove /data/restore.txt: permission denied.',
  );
  assert.equal(told.remedies, [advice('Remove by hand what is left, before a daemon starts there.')]);
  assert.equal(told.details, { errno: 'EIO' });
  assert.is(told.cause, failure);
});

test('reports an interruption whose undoing failed in whole sentences, for anything that was thrown', async () => {
  const interruption = new AbortController();
  const stage = restoreStage({
    at: {
      'write marker': () => interruption.abort(),
      'discard store': () => {
        throw 'no such lock';
      },
    },
  });
  const told = await rejectionOf('interrupted', restoreArchive(stage.ports, wish(), interruption.signal));
  assert.is(told.message, 'interrupted. Undoing it failed too: no such lock');
});

test('rethrows an unexpected failure unchanged, even if undoing fails too', async () => {
  const bug = new TypeError('bug');
  const throwsBug = () => {
    throw bug;
  };
  const stage = restoreStage({ at: { 'commit store': throwsBug, 'withdraw marker': fail, 'discard store': fail } });
  assert.is(await failureOf(restoreArchive(stage.ports, wish(), never)), bug);
});

for (const [step, after] of [
  ['inspect directory', ['ask daemon version', 'close archive']],
  ['stage store', ['close archive']],
  ['stage identity', ['withdraw identity', 'discard store', 'close archive']],
  ['write marker', ['install identity', 'withdraw marker', 'withdraw identity', 'discard store', 'close archive']],
  ['install identity', ['withdraw marker', 'withdraw identity', 'discard store', 'close archive']],
] as const satisfies readonly (readonly [RestoreStep, readonly RestoreStep[]])[]) {
  test(`stops after the step "${step}" when the signal fires during it, and leaves nothing`, async () => {
    const interruption = new AbortController();
    const stage = restoreStage({ at: { [step]: () => interruption.abort() }, snapshot: [withAuthority] });
    await rejectionOf('interrupted', restoreArchive(stage.ports, wish({ identity: true }), interruption.signal));
    assert.equal(stage.steps.slice(stage.steps.indexOf(step) + 1), after);
    assertUntouched(stage);
  });
}

test('stops before the marker when the signal fires as staging ends', async () => {
  const interruption = new AbortController();
  const { ports, steps } = restoreStage();
  const late: typeof ports.raftStore = {
    async stage(seed, snapshot, firstCommands, signal) {
      const staged = await ports.raftStore.stage(seed, snapshot, firstCommands, signal);
      interruption.abort();
      return staged;
    },
  };
  await rejectionOf('interrupted', restoreArchive({ ...ports, raftStore: late }, wish(), interruption.signal));
  assert.equal(steps, [
    ...opening,
    'stage store',
    'stage identity',
    'withdraw identity',
    'discard store',
    'close archive',
  ]);
});

test('does not take a commit back when the signal fires during it', async () => {
  const interruption = new AbortController();
  const stage = restoreStage({ at: { 'commit store': () => interruption.abort() } });
  await restoreArchive(stage.ports, wish(), interruption.signal);
  assert.is(stage.stores.size, 1);
  assert.is(stage.markers.size, 1);
});

test.run();
