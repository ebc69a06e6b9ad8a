import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError, type LeftBehind } from '../../../src/domain/errors.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { inMemoryAuthority } from '../../fakes/in-memory-node-identity-writer.js';
import { rejectionOf } from '../refusal.js';
import { clusterRecord, field } from '../state/state-encoder.js';
import { restoreStage, wish } from './restore-stage.js';

const test = suite('what a failed restore cannot undo');
const never = new AbortController().signal;
const failure = new JacoError('storage_failed', 'the disk is gone.', { details: { errno: 'EIO' } });
const fail = () => {
  throw failure;
};
const { certificate, key } = inMemoryAuthority('CA');
const withAuthority = clusterRecord(field(1, 'c-1'), field(2, certificate), field(3, key));

const stays = (path: string, secret = false): LeftBehind => ({ path, state: 'there', secret, reason: 'It is in use.' });

test('names all that undoing could not remove, with the failure as it was', async () => {
  const left = {
    'withdraw marker': [stays('/data/restore.txt')],
    'discard store': [stays('/data/raft.restoring', true), stays('/data/.lock')],
  };
  const stage = restoreStage({ at: { 'commit store': fail }, left });
  const told = await rejectionOf('storage_failed', restoreArchive(stage.ports, wish(), never));
  assert.equal(told.leftBehind, [...left['withdraw marker'], ...left['discard store']]);
  assert.is(told.message, failure.message);
  assert.equal(told.details, failure.details);
  assert.is(told.cause, failure);
});

test('adds what undoing left to what the failed step itself had left', async () => {
  const [part, staging] = [stays('/data/restore.txt.part'), stays('/data/raft.restoring', true)];
  const failsAndLeaves = () => {
    throw new JacoError('storage_failed', 'no marker.', { leftBehind: [part] });
  };
  const stage = restoreStage({ at: { 'write marker': failsAndLeaves }, left: { 'discard store': [staging] } });
  const told = await rejectionOf('storage_failed', restoreArchive(stage.ports, wish(), never));
  assert.equal(told.leftBehind, [part, staging]);
});

test('names what an interruption could not remove', async () => {
  const interruption = new AbortController();
  const left = { 'discard store': [stays('/data/raft.restoring', true)] };
  const stage = restoreStage({ at: { 'write marker': () => interruption.abort() }, left });
  const told = await rejectionOf('interrupted', restoreArchive(stage.ports, wish(), interruption.signal));
  assert.equal(told.leftBehind, left['discard store']);
});

test('warns of a record that it could not remove after the commit', async () => {
  const stage = restoreStage({ left: { 'finish identity': [stays('/data/node.restoring')] } });
  const { warnings } = await restoreArchive(stage.ports, wish(), never);
  assert.is(
    warnings.at(-1)?.sentence,
    '/data/node.restoring was left behind, which does no harm: It is in use. Remove it.',
  );
});

const notSynced = new JacoError('storage_failed', 'cannot sync the directory /var/lib/jaco to disk.', {
  details: { errno: 'EIO' },
});

test('undoes nothing if the store was moved and may or may not stay, and says what to do', async () => {
  const committed = { kind: 'in-doubt', standsAt: '/var/lib/jaco/raft', failure: notSynced } as const;
  const stage = restoreStage({ committed, snapshot: [withAuthority] });
  const told = await rejectionOf('restore_in_doubt', restoreArchive(stage.ports, wish({ identity: true }), never));
  assert.equal(stage.steps.slice(-2), ['commit store', 'close archive']);
  assert.is(stage.markers.size + stage.stores.size, 2);
  // Its record stays: should the power cut take the store back, the next restore takes the identity away by it.
  assert.is(stage.identities.waiting.size, 1);
  assert.ok(told.message.startsWith(`${notSynced.message} The restored store stands complete in /var/lib/jaco/raft,`));
  assert.match(told.message, 'with its marker /var/lib/jaco/restore.txt');
  assert.match(told.message, 'a power cut may undo its last rename');
  assert.match(
    JSON.stringify(told.remedies),
    /If \/var\/lib\/jaco\/raft\/log\.db is there afterwards, .* start the daemon\. .* restore again/,
  );
  assert.equal(told.details, { errno: 'EIO', path: '/var/lib/jaco/raft' });
  assert.is(told.cause, notSynced);
});

test('rethrows an unexpected error about a store that was moved, and undoes nothing', async () => {
  const bug = new TypeError('bug');
  const stage = restoreStage({ committed: { kind: 'in-doubt', standsAt: '/var/lib/jaco/raft', failure: bug } });
  assert.is(await restoreArchive(stage.ports, wish(), never).catch((error: unknown) => error), bug);
  assert.is(stage.markers.size, 1);
});

test.run();
