import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { backupsTo, type Success } from '../../../src/domain/monitoring/attempt-series.js';
import { recordAttempt } from '../../../src/domain/monitoring/record-attempt.js';
import { parseExposition } from '../../builders/exposition.js';
import { createInMemoryMetricsFile } from '../../fakes/in-memory-metrics-file.js';
import { createManualClock } from '../../fakes/manual-clock.js';
import { failureOf, rejectionOf } from '../refusal.js';

const test = suite('recordAttempt');
const facts: Success = { clusterId: 'c-1', takenAtMs: 0, sizeBytes: 41279, snapshotIndex: 1000n, snapshotTerm: 7n };
const outcome = { facts };
/** What has come to an end, and yet counts as a failure. */
const unsuccessful = { facts: undefined };
const refusal = new JacoError('connection_failed', 'nobody answers.');

/** A backup that takes two seconds, or what the clock makes of it, and then ends as told. */
function stage(tookMs = 2000) {
  const clock = createManualClock(Date.UTC(2026, 4, 25, 3));
  const metrics = createInMemoryMetricsFile();
  const unrecorded: JacoError[] = [];
  const replaced: string[] = [];
  const record = (end: typeof outcome | typeof unsuccessful | Error, output = 'c-%F.tar.gz') =>
    recordAttempt(
      { metrics, clock },
      {
        path: 'm.prom',
        series: backupsTo(output),
        successOf: (made: { readonly facts: Success | undefined }) => made.facts,
        unrecorded: (failure) => unrecorded.push(failure),
        replacing: (schedule) => replaced.push(schedule),
      },
      async () => {
        clock.advance(tookMs);
        if (end instanceof Error) throw end;
        return end;
      },
    );
  const value = (name: string) => parseExposition(metrics.texts.get('m.prom') ?? '').get(`jaco_backup_${name}`)?.value;
  return { metrics, unrecorded, replaced, record, value };
}

test('records duration, end and facts of a success', async () => {
  const { record, value } = stage();
  assert.is(await record(outcome), outcome);
  assert.is(value('last_attempt_success'), '1');
  assert.is(value('last_success_duration_seconds'), '2');
  assert.is(value('last_success_timestamp_seconds'), String(Date.UTC(2026, 4, 25, 3, 0, 2) / 1000));
  assert.is(value('last_success_size_bytes'), '41279');
  assert.is(value('last_success_snapshot_index'), '1000');
  assert.is(value('last_success_snapshot_term'), '7');
});

test('records no negative time where the clock was set back', async () => {
  const { record, value } = stage(-5000);
  await record(outcome);
  assert.is(value('last_success_duration_seconds'), '0');
});

test('records a failure together with the last success, and rethrows it', async () => {
  const { record, value } = stage();
  await record(outcome);
  assert.is(await failureOf(record(refusal)), refusal);
  assert.is(value('last_attempt_success'), '0');
  assert.is(value('last_success_size_bytes'), '41279');
});

test('records an outcome that does not count as a success like a failure', async () => {
  const { record, value } = stage();
  await record(outcome);
  assert.is(await record(unsuccessful), unsuccessful);
  assert.is(value('last_attempt_success'), '0');
  assert.is(value('last_success_size_bytes'), '41279');
});

test('tells of another schedule whose record it replaces, and takes nothing from it', async () => {
  const { record, value, replaced } = stage();
  await record(outcome, 'hourly-%s.tar.gz');
  await failureOf(record(refusal));
  assert.equal(replaced, ['hourly-%s.tar.gz']);
  assert.is(value('last_success_size_bytes'), undefined);
  await record(outcome);
  assert.equal(replaced, ['hourly-%s.tar.gz']);
});

test('records an unexpected failure', async () => {
  const { record, value } = stage();
  await failureOf(record(new Error('a bug')));
  assert.is(value('last_attempt_success'), '0');
});

for (const [what, content] of [
  ['an age identity', { kind: 'text', text: 'AGE-SECRET-KEY-1SAMPLE\n' }],
  ["another program's metrics", { kind: 'text', text: 'jaco_backup_size 1\nnode_load1 0.2\n' }],
  ['more than metrics', { kind: 'too-large' }],
] as const) {
  test(`takes no backup where the file holds ${what}, which recording would destroy`, async () => {
    const { record, metrics } = stage();
    metrics.read = async () => content;
    const found = await rejectionOf('request_invalid', record(outcome));
    assert.is(found.message, 'cannot record metrics in m.prom: it holds something else.');
    assert.equal([...metrics.texts], []);
  });
}

test('replaces a file that is empty, and one that another version wrote', async () => {
  for (const text of [
    '',
    '# HELP jaco_backup_future x\n# TYPE jaco_backup_future gauge\njaco_backup_future{a="b"} 1\n',
  ]) {
    const { record, metrics, value } = stage();
    metrics.texts.set('m.prom', text);
    await failureOf(record(refusal));
    assert.is(value('last_attempt_success'), '0');
    assert.is(value('last_success_size_bytes'), undefined);
  }
});

test('leaves a file alone that it cannot look into, and still takes the backup', async () => {
  const { record, metrics, unrecorded } = stage();
  metrics.read = () => Promise.reject(new JacoError('permission_denied', 'cannot read m.prom: permission denied.'));
  assert.is(await record(outcome), outcome);
  assert.equal(
    unrecorded.map(({ code }) => code),
    ['permission_denied'],
  );
  assert.equal([...metrics.texts], []);
});

for (const [what, end] of [
  ['succeeds', outcome],
  ['fails', refusal],
] as const) {
  test(`reports that it cannot record, and still ${what} as the backup does`, async () => {
    const { record, metrics, unrecorded } = stage();
    metrics.broken = true;
    assert.is(await record(end).catch((error: unknown) => error), end);
    assert.equal(
      unrecorded.map(({ code }) => code),
      ['storage_failed'],
    );
  });
}

test('rethrows an unexpected error while recording', async () => {
  const { record, metrics } = stage();
  const bug = new Error('a bug');
  metrics.replace = () => Promise.reject(bug);
  assert.is(await failureOf(record(outcome)), bug);
});

test.run();
