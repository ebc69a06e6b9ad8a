import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRecordRows } from '../../../src/domain/state/record-rows.js';

const test = suite('rows for records');

test('are zeros at first, each of its own, and keep what is written, in any order', () => {
  const rows = createRecordRows(3, (length) => new Uint8Array(length));
  const numbers = [5_000, 0, 1, 1_023, 1_024, 4_999];
  for (const number of numbers) assert.equal([...rows.at(number)], [0, 0, 0]);
  for (const number of numbers) rows.at(number).set([number % 256, number >> 8, 9]);
  for (const number of numbers) assert.equal([...rows.at(number)], [number % 256, number >> 8, 9]);
});

test('of numbers with a sign keep their sign', () => {
  const rows = createRecordRows(1, (length) => new Int32Array(length));
  rows.at(2)[0] = -7;
  assert.equal([...rows.at(2)], [-7]);
});

test.run();
