import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { progressText } from '../../src/cli/rendering/progress-text.js';

const test = suite('progressText');
const mib = 1024 ** 2;

for (const [bytes, totalBytes, elapsedMs, expected] of [
  [0, undefined, 0, 'Read 0 B, 0s'],
  [10, undefined, 99, 'Read 10 B, 0s'],
  [3 * mib, undefined, 1500, 'Read 3.0 MiB, 2.0 MiB/s, 1s'],
  [3 * mib, 12 * mib, 61_000, 'Read 3.0 MiB of 12.0 MiB (25 %), 50.4 KiB/s, 1m 1s'],
  [12 * mib - 1, 12 * mib, 1000, 'Read 12.0 MiB of 12.0 MiB (99 %), 12.0 MiB/s, 1s'],
  [12 * mib, 12 * mib, 1000, 'Read 12.0 MiB of 12.0 MiB (100 %), 12.0 MiB/s, 1s'],
  [0, 0, 0, 'Read 0 B, 0s'],
] as const) {
  test(`says "${expected}"`, () => assert.is(progressText('Read', { bytes, totalBytes, elapsedMs }), expected));
}

test.run();
