import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lastSuccessIn, metricsText, valuesOf } from '../../../src/domain/backup/backup-metrics.js';
import { parseExposition } from '../../builders/exposition.js';

const test = suite('metrics of a backup');
const success = {
  atMs: Date.UTC(2026, 4, 25, 3, 0, 0, 250),
  durationMs: 1500,
  sizeBytes: 41279,
  snapshotIndex: 2n ** 64n - 1n,
  snapshotTerm: 7n,
};
const valuesIn = (text: string) =>
  Object.fromEntries([...parseExposition(text)].map(([name, { value }]) => [name, value]));

test('report a success in the text format, uint64 with every digit', () => {
  assert.equal(valuesIn(metricsText(true, valuesOf(success))), {
    jaco_backup_last_attempt_success: '1',
    jaco_backup_last_success_timestamp_seconds: '1779678000.25',
    jaco_backup_last_success_duration_seconds: '1.5',
    jaco_backup_last_success_size_bytes: '41279',
    jaco_backup_last_success_snapshot_index: '18446744073709551615',
    jaco_backup_last_success_snapshot_term: '7',
  });
});

test('are gauges, each with a sentence of help', () => {
  for (const { help, type } of parseExposition(metricsText(true, valuesOf(success))).values()) {
    assert.is(type, 'gauge');
    assert.match(help, /^[A-Z].*\.$/);
  }
});

test('report a failure and keep the success before', () => {
  const before = metricsText(true, valuesOf(success));
  const after = metricsText(false, lastSuccessIn(before));
  assert.equal(valuesIn(after), { ...valuesIn(before), jaco_backup_last_attempt_success: '0' });
});

test('show 0, which no snapshot has, for an index and a term that are not known', () => {
  const values = valuesOf({ ...success, snapshotIndex: undefined, snapshotTerm: undefined });
  assert.is(values.snapshot_index, '0');
  assert.is(values.snapshot_term, '0');
});

test('report only a failure if there was no success', () => {
  assert.equal(valuesIn(metricsText(false, undefined)), { jaco_backup_last_attempt_success: '0' });
});

const whole = metricsText(true, valuesOf(success));
for (const [what, text] of [
  ['nothing', ''],
  ['metrics of a failure', metricsText(false, undefined)],
  ['something else', 'node_load1 0.3\n'],
  ['a metric that is missing', whole.replace(/.*snapshot_term 7\n/, '')],
  ['a value that is none', whole.replace(' 41279', ' many')],
  ['a value with labels', whole.replace('_bytes 41279', '_bytes{a="b"} 41279')],
] as const) {
  test(`find no last success in ${what}`, () => assert.is(lastSuccessIn(text), undefined));
}

test('keep every success, through any number of failures', () => {
  const uint64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
  const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const any = fc.record({
    atMs: fc.integer({ min: 0, max: 8.64e15 }),
    durationMs: amount,
    sizeBytes: amount,
    snapshotIndex: uint64,
    snapshotTerm: uint64,
  });
  fc.assert(
    fc.property(any, (taken) => {
      const values = valuesOf(taken);
      const failed = metricsText(false, lastSuccessIn(metricsText(true, values)));
      assert.equal(lastSuccessIn(metricsText(false, lastSuccessIn(failed))), values);
      parseExposition(failed);
    }),
  );
});

test.run();
