import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createKeyTable } from '../../../src/domain/state/key-table.js';

const test = suite('numbers of keys');

/** Keys of 0 to 1,023 bytes, of which some differ only in their last byte, and some only in their length. */
const keys = Array.from({ length: 5_000 }, (_, number) =>
  number < 1_024 ? Buffer.alloc(number) : Buffer.from(`${'k'.repeat(number % 40)}${number}`),
);

for (const seed of [0, -1, 0x7fffffff]) {
  test(`finds each of thousands of keys again, with the seed ${seed}`, () => {
    const table = createKeyTable(seed);
    assert.equal(
      keys.map((key) => table.numberOf(key)),
      keys.map((_, number) => number),
    );
    for (const number of [...keys.keys()].reverse()) {
      assert.is(table.numberOf(Buffer.from(keys[number] as Buffer)), number);
      assert.equal(Buffer.from(table.keyAt(number)), keys[number]);
    }
    assert.is(table.size(), keys.length);
  });
}

test('keeps a key although the bytes that it was given change', () => {
  const table = createKeyTable(7);
  const passing = Buffer.from('web');
  table.numberOf(passing);
  passing.write('api');
  assert.is(table.numberOf(passing), 1);
  assert.is(Buffer.from(table.keyAt(0)).toString(), 'web');
});

test('keeps keys of the greatest length', () => {
  const table = createKeyTable(7);
  const [a, b] = ['a', 'b'].map((letter) => Buffer.alloc(65_534, letter)) as [Buffer, Buffer];
  assert.equal(
    [a, b, a, b].map((key) => table.numberOf(key)),
    [0, 1, 0, 1],
  );
  assert.equal(Buffer.from(table.keyAt(1)), b);
});

test.run();
