import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  earlierRecord,
  isMetricsText,
  metricsText,
  recordedSuccess,
} from '../../../src/domain/monitoring/attempt-metrics.js';
import { backupsTo, drillsOf } from '../../../src/domain/monitoring/attempt-series.js';
import { parseExposition } from '../../builders/exposition.js';

const test = suite('metrics of backups and drills');
const nightly = backupsTo('/backups/cluster-%F.tar.gz');
const weekly = drillsOf('/backups');
const facts = {
  clusterId: 'c-1',
  takenAtMs: Date.UTC(2026, 4, 25, 2),
  sizeBytes: 41279,
  snapshotIndex: 2n ** 64n - 1n,
  snapshotTerm: 7n,
};
const success = recordedSuccess(facts, Date.UTC(2026, 4, 25, 3, 0, 0, 250), 1500);
const valuesIn = (text: string) =>
  Object.fromEntries([...parseExposition(text)].map(([name, { value }]) => [name, value]));

test('report a success in the text format, uint64 with every digit', () => {
  assert.equal(valuesIn(metricsText(nightly, true, success)), {
    jaco_backup_last_attempt_success: '1',
    jaco_backup_last_success_timestamp_seconds: '1779678000.25',
    jaco_backup_last_success_duration_seconds: '1.5',
    jaco_backup_last_success_size_bytes: '41279',
    jaco_backup_last_success_snapshot_index: '18446744073709551615',
    jaco_backup_last_success_snapshot_term: '7',
  });
});

test('report of a drill when the backup was taken that it proved', () => {
  const values = valuesIn(metricsText(weekly, true, success));
  assert.is(values['jaco_drill_last_success_snapshot_timestamp_seconds'], '1779674400');
  assert.is(values['jaco_drill_last_attempt_success'], '1');
  assert.is(Object.keys(values).length, 7);
});

for (const series of [nightly, weekly]) {
  test(`are gauges of a ${series.activity}, each with a sentence of help and the label of its schedule`, () => {
    for (const [name, { help, type, labels }] of parseExposition(metricsText(series, true, success))) {
      assert.is(type, 'gauge');
      assert.match(help, /^[A-Z].*\.$/);
      assert.is(labels[series.label], series.schedule);
      assert.is(labels['cluster'], name.includes('_last_attempt_') ? undefined : 'c-1');
    }
  });

  test(`report a failed ${series.activity} and keep the success before`, () => {
    const before = metricsText(series, true, success);
    const after = metricsText(series, false, earlierRecord(before, series).lastSuccess);
    const attempt = `jaco_${series.activity}_last_attempt_success`;
    assert.is(after.replace(/(_attempt_success\S*) 0/, '$1 1'), before);
    assert.equal(valuesIn(after), { ...valuesIn(before), [attempt]: '0' });
  });
}

test('show 0, which no snapshot has, for what is not known, and no cluster', () => {
  const unknown = { clusterId: undefined, takenAtMs: undefined, snapshotIndex: undefined, snapshotTerm: undefined };
  const recorded = recordedSuccess({ ...unknown, sizeBytes: 1 }, 0, 0);
  for (const gauge of ['snapshot_index', 'snapshot_term', 'snapshot_timestamp_seconds']) {
    assert.is(recorded.values[gauge], '0');
  }
  const text = metricsText(nightly, true, recorded);
  assert.not.match(text, 'cluster=');
  assert.equal(earlierRecord(text, nightly).lastSuccess?.clusterId, undefined);
});

test('have no label where no schedule was named, and only a failure if there was no success', () => {
  const text = metricsText(backupsTo(undefined), false, undefined);
  assert.is(text.split('\n').at(-2), 'jaco_backup_last_attempt_success 0');
});

test('of an older version, without labels, count as of this schedule', () => {
  const old = metricsText(backupsTo(undefined), true, { ...success, clusterId: undefined });
  assert.not.match(old, '{');
  const { lastSuccess, otherSchedule } = earlierRecord(old, nightly);
  assert.is(lastSuccess?.values['size_bytes'], '41279');
  assert.is(otherSchedule, undefined);
});

test('of another schedule are recognised, and not taken for its own', () => {
  const hourly = backupsTo('/hourly/cluster-%s.tar.gz');
  assert.equal(earlierRecord(metricsText(nightly, true, success), hourly), {
    lastSuccess: undefined,
    otherSchedule: '/backups/cluster-%F.tar.gz',
  });
});

const whole = metricsText(nightly, true, success);
for (const [what, text] of [
  ['nothing', ''],
  ['metrics of a failure', metricsText(nightly, false, undefined)],
  ['something else', 'node_load1 0.3\n'],
  ['a metric that is missing', whole.replace(/.*snapshot_term\S* 7\n/, '')],
  ['a value that is none', whole.replace(' 41279', ' many')],
] as const) {
  test(`find no last success in ${what}`, () => assert.is(earlierRecord(text, nightly).lastSuccess, undefined));
}

test('of a backup are told from those of a drill, and from other text', () => {
  assert.ok(isMetricsText(whole, nightly));
  assert.ok(isMetricsText('', weekly));
  assert.not.ok(isMetricsText(whole, weekly));
  assert.not.ok(isMetricsText(`${whole}node_load1 0.3\n`, nightly));
});

test('keep every success and any name, through any number of failures', () => {
  const uint64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
  const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const name = fc.string({ unit: fc.constantFrom('\\', '"', '\n', '{', '}', ',', '=', ' ', 'a', 'é'), minLength: 1 });
  const any = fc.record({
    clusterId: name,
    takenAtMs: fc.integer({ min: 0, max: 8.64e15 }),
    sizeBytes: amount,
    snapshotIndex: uint64,
    snapshotTerm: uint64,
  });
  fc.assert(
    fc.property(any, name, amount, fc.constantFrom(backupsTo, drillsOf), (taken, schedule, durationMs, seriesOf) => {
      const series = seriesOf(schedule);
      const first = metricsText(series, false, recordedSuccess(taken, taken.takenAtMs, durationMs));
      const second = metricsText(series, false, earlierRecord(first, series).lastSuccess);
      assert.is(second, first);
      for (const [metric, { labels }] of parseExposition(second)) {
        assert.is(labels[series.label], schedule);
        if (!metric.includes('attempt')) assert.is(labels['cluster'], taken.clusterId);
      }
    }),
  );
});

test.run();
