import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isJacoError } from '../../../src/domain/errors.js';
import { previewRestore } from '../../../src/domain/restore/preview-restore.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { rejectionOf } from '../refusal.js';
import { stateOf } from '../state/state-encoder.js';
import { type RestoreSetting, restoreStage, wish } from './restore-stage.js';

const test = suite('previewRestore');
const never = new AbortController().signal;

test('writes nothing', async () => {
  const stage = restoreStage();
  await previewRestore(stage.ports, wish(), never);
  assert.equal(stage.steps, [
    'open archive',
    'read configuration',
    'inspect directory',
    'ask daemon version',
    'close archive',
  ]);
});

test('returns the plan that a restore would follow', async () => {
  const { plan } = await previewRestore(restoreStage().ports, wish(), never);
  assert.equal(plan, (await restoreArchive(restoreStage().ports, wish(), never)).plan);
});

test('finds nothing against a restore that would succeed', async () => {
  const { preconditions, obstacle } = await previewRestore(restoreStage().ports, wish(), never);
  assert.is(obstacle, undefined);
  assert.equal(
    preconditions.map(({ sentence, holds }) => `${holds}: ${sentence}`),
    [
      'true: the archive is complete and undamaged',
      'true: /var/lib/jaco is a directory, or can be made one',
      'true: /var/lib/jaco can be written',
      'true: no daemon is running',
      'true: /var/lib/jaco holds nothing but what a daemon keeps',
      'true: there is room for 256.0 KiB (10.0 GiB are free)',
      'true: there is no raft store yet',
    ],
  );
});

for (const [code, changes, broken] of [
  ['storage_failed', { kind: 'not-a-directory' }, '/var/lib/jaco is a directory, or can be made one'],
  ['permission_denied', { writable: false }, '/var/lib/jaco can be written'],
  [
    'daemon_running',
    { daemon: { kind: 'running', evidence: 'it holds log.db', certain: true } },
    'no daemon is running',
  ],
  ['daemon_unknown', { daemon: { kind: 'unknown', reason: 'who knows' } }, 'no daemon is running'],
  ['directory_foreign', { foreignEntry: 'etc' }, '/var/lib/jaco holds nothing but what a daemon keeps'],
  ['directory_foreign', { foreignMarker: true }, '/var/lib/jaco holds nothing but what a daemon keeps'],
  ['space_insufficient', { freeBytes: 100_000 }, 'there is room for 256.0 KiB (97.7 KiB are free)'],
  ['raft_store_exists', { existingRaftStore: 'raft/log.db' }, 'there is no raft store yet'],
] as const) {
  test(`returns the obstacle ${code} instead of throwing it, and the precondition that does not hold`, async () => {
    const stage = restoreStage({ inspection: changes });
    const { preconditions, obstacle } = await previewRestore(stage.ports, wish(), never);
    assert.ok(isJacoError(obstacle, code));
    assert.equal(
      preconditions.filter(({ holds }) => !holds).map(({ sentence }) => sentence),
      [broken],
    );
  });
}

for (const [code, setting] of [
  ['schema_unsupported', { metadata: { schemaVersion: 2 } }],
  ['version_incompatible', { metadata: { jacoVersion: 'v1.0.0' } }],
  ['snapshot_rejected', { snapshot: [stateOf('c-2')] }],
] as const satisfies readonly (readonly [string, RestoreSetting])[]) {
  test(`throws ${code} as a restore would, and closes the archive`, async () => {
    const stage = restoreStage(setting);
    await rejectionOf(code, previewRestore(stage.ports, wish(), never));
    assert.is(stage.steps.at(-1), 'close archive');
  });
}

test('stops when the signal fires', async () => {
  const stage = restoreStage();
  await rejectionOf('interrupted', previewRestore(stage.ports, wish(), AbortSignal.abort()));
  assert.is(stage.steps.at(-1), 'close archive');
});

test.run();
