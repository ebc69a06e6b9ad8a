import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatDuration, parseDuration } from '../../../src/domain/values/duration.js';

const test = suite('formatDuration');

for (const [ms, text] of [
  [0, '0s'],
  [999, '0s'],
  [1_000, '1s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [3_661_000, '1h 1m'],
  [86_399_000, '23h 59m'],
  [90_000_000, '1d 1h'],
  [86_405_000, '1d'],
  [400 * 86_400_000, '400d'],
  [-90_000, '1m 30s'],
] as const) {
  test(`writes ${ms} ms as ${text}`, () => {
    assert.is(formatDuration(ms), text);
  });
}

test('is never longer than the span, nor much shorter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 2 ** 40 }), (ms) => {
      const read = parseDuration(formatDuration(ms).replaceAll(' ', '')) as number;
      assert.ok(read <= ms && read > ms * 0.95, `${ms} became ${read}`);
    }),
  );
});

test.run();
