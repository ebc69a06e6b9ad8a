import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../../../src/domain/values/duration.js';

const test = suite('parseDuration');

for (const [text, milliseconds] of [
  ['1ms', 1],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['1.5h', 5_400_000],
  ['1.1h', 3_960_000],
  ['1m500ms', 60_500],
  ['0s1ms', 1],
  ['0.2ms', 1],
  ['9007199254740991ms', Number.MAX_SAFE_INTEGER],
] as const) {
  test(`reads ${text} as ${milliseconds} ms`, () => {
    assert.is(parseDuration(text), milliseconds);
  });
}

for (const text of [
  '',
  '5',
  's',
  '0s',
  '0h0m',
  '-5m',
  '+5m',
  '5 m',
  ' 5m',
  '5m\n',
  '5M',
  '.5h',
  '5.h',
  '1.2.3s',
  '5y',
  '5mm',
  '1e3s',
  '9007199254740992ms',
  `${'9'.repeat(400)}s`,
]) {
  test(`does not read ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.is(parseDuration(text), undefined);
  });
}

test('adds up the given parts, in any order', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 1000 }), (hours, minutes, seconds) => {
      const expected = ((hours * 60 + minutes) * 60 + seconds) * 1000;
      assert.is(parseDuration(`${hours}h${minutes}m${seconds}s`), expected);
      assert.is(parseDuration(`${seconds}s${hours}h${minutes}m`), expected);
    }),
  );
});

test.run();
