import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatByteSize, parseByteSize } from '../../../src/domain/values/byte-size.js';

const test = suite('byte sizes');

for (const [text, bytes] of [
  ['1', 1],
  ['1048576', 1_048_576],
  ['41B', 41],
  ['2KB', 2_000],
  ['2kib', 2_048],
  ['1.5 MiB', 1_572_864],
  ['1.001MB', 1_001_000],
  ['20GB', 20_000_000_000],
  ['1GiB', 1_073_741_824],
  ['1TB', 1_000_000_000_000],
  ['1TiB', 1_099_511_627_776],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
] as const) {
  test(`reads "${text}" as ${bytes} bytes`, () => {
    assert.is(parseByteSize(text), bytes);
  });
}

for (const text of [
  '',
  'B',
  'MiB',
  '0',
  '0.1B',
  '-1',
  '1  MiB',
  ' 1',
  '1\n',
  '1M',
  '1Mi',
  '1PiB',
  '1,5MB',
  '.5MB',
  '1e9',
  '9007199254740992',
  '9000TiB',
  'NaN',
  '1constructor',
]) {
  test(`does not read ${JSON.stringify(text)}`, () => {
    assert.is(parseByteSize(text), undefined);
  });
}

for (const [bytes, text] of [
  [0, '0 B'],
  [41, '41 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [41_279, '40.3 KiB'],
  [1_048_524, '1023.9 KiB'],
  [1_048_575, '1.0 MiB'],
  [1_073_741_824, '1.0 GiB'],
  [1_048_535, '1.0 MiB'],
  [1_099_511_627_776, '1.0 TiB'],
  [Number.MAX_SAFE_INTEGER, '8192.0 TiB'],
] as const) {
  test(`writes ${bytes} bytes as ${text}`, () => {
    assert.is(formatByteSize(bytes), text);
  });
}

test('writes figures below 1024 that read back within half of their last digit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 50 - 2 ** 40 }), (bytes) => {
      const text = formatByteSize(bytes);
      assert.ok(Number.parseFloat(text) < 1024, text);
      const error = Math.abs((parseByteSize(text) ?? 0) - bytes);
      assert.ok(error / bytes <= 0.05, text);
    }),
  );
});

test.run();
