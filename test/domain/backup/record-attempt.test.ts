import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordAttempt } from '../../../src/domain/backup/record-attempt.js';
import type { BackupOutcome } from '../../../src/domain/backup/take-backup.js';
import { JacoError } from '../../../src/domain/errors.js';
import { parseExposition } from '../../builders/exposition.js';
import { createInMemoryMetricsFile } from '../../fakes/in-memory-metrics-file.js';
import { createManualClock } from '../../fakes/manual-clock.js';
import { metadata } from '../builders.js';
import { failureOf } from '../refusal.js';

const test = suite('recordAttempt');
const outcome: BackupOutcome = {
  path: 'c.tar.gz',
  sizeBytes: 41279,
  metadata: metadata(),
  snapshotSizeBytes: 100,
  warnings: [],
  followedTo: undefined,
};
const refusal = new JacoError('connection_failed', 'nobody answers.');

/** A backup that takes two seconds, or what the clock makes of it, and then ends as told. */
function stage(tookMs = 2000) {
  const clock = createManualClock(Date.UTC(2026, 4, 25, 3));
  const metrics = createInMemoryMetricsFile();
  const unrecorded: JacoError[] = [];
  const record = (end: BackupOutcome | Error) =>
    recordAttempt(
      { metrics, clock },
      'm.prom',
      async () => {
        clock.advance(tookMs);
        if (end instanceof Error) throw end;
        return end;
      },
      (failure) => unrecorded.push(failure),
    );
  const value = (name: string) => parseExposition(metrics.texts.get('m.prom') ?? '').get(`jaco_backup_${name}`)?.value;
  return { metrics, unrecorded, record, value };
}

test('records how long a success took, when it was complete, and what it was', async () => {
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

test('records a failure beside the last success, and throws it on', async () => {
  const { record, value } = stage();
  await record(outcome);
  assert.is(await failureOf(record(refusal)), refusal);
  assert.is(value('last_attempt_success'), '0');
  assert.is(value('last_success_size_bytes'), '41279');
});

test('records a failure that nobody foresaw', async () => {
  const { record, value } = stage();
  await failureOf(record(new Error('a bug')));
  assert.is(value('last_attempt_success'), '0');
});

test('replaces what is no such file', async () => {
  const { record, metrics, value } = stage();
  metrics.texts.set('m.prom', 'garbage');
  await failureOf(record(refusal));
  assert.is(value('last_attempt_success'), '0');
  assert.is(value('last_success_size_bytes'), undefined);
});

for (const [what, end] of [
  ['succeeds', outcome],
  ['fails', refusal],
] as const) {
  test(`tells that it cannot record, and still ${what} as the backup does`, async () => {
    const { record, metrics, unrecorded } = stage();
    metrics.broken = true;
    assert.is(await record(end).catch((error: unknown) => error), end);
    assert.equal(
      unrecorded.map(({ code }) => code),
      ['storage_failed'],
    );
  });
}

test('throws on what nobody foresaw while recording', async () => {
  const { record, metrics } = stage();
  const bug = new Error('a bug');
  metrics.replace = () => Promise.reject(bug);
  assert.is(await failureOf(record(outcome)), bug);
});

test.run();
