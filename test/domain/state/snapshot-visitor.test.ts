import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keptRecordLimitBytes, walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { clusterRecord, field, fixedField, numberField } from './state-encoder.js';

const test = suite('what walkSnapshot shows its visitor');

interface Shown {
  readonly field: number;
  readonly encodedBytes: number;
  readonly content: Uint8Array | undefined;
}

/** What a visitor sees of a state that comes in pieces of `size` bytes. */
function look(state: Uint8Array, size = state.length, wanted: readonly number[] = []) {
  const records: Shown[] = [];
  const passed: string[] = [];
  let pieces: Uint8Array[] = [];
  const walk = walkSnapshot({
    wants: (number) => wanted.includes(number),
    pass: (_, piece) => pieces.push(piece.slice()),
    visit(number, encodedBytes, content) {
      records.push({ field: number, encodedBytes, content });
      passed.push(Buffer.concat(pieces).toString());
      pieces = [];
    },
  });
  for (let start = 0; start < state.length; start += size) walk.feed(state.subarray(start, start + size));
  return { found: walk.finish(), records, passed };
}

const parts = [
  clusterRecord(field(1, 'c-1')),
  field(2, 'node'),
  field(3, ''),
  field(18, 'x'.repeat(300)),
  field(19, 'new'),
  numberField(20, 2n ** 40n),
  fixedField(21, 8),
  fixedField(22, 4),
];
const state = Buffer.concat(parts);

test('visits every record, those of fields that it does not know included', () => {
  assert.equal(
    look(state).records.map((record) => record.field),
    [1, 2, 3, 18, 19, 20, 21, 22],
  );
});

test('reports the size of each record in the snapshot', () => {
  assert.equal(
    look(state).records.map(({ encodedBytes }) => encodedBytes),
    parts.map(({ length }) => length),
  );
});

test('passes the bytes of each record before it is visited, however the snapshot is cut', () => {
  for (const size of [1, 2, 3, 7, 64, state.length]) {
    const { passed, found } = look(state, size);
    assert.is(found.kind, 'well-formed');
    assert.equal(passed.slice(1, 6), ['node', '', 'x'.repeat(300), 'new', '1099511627776'], `pieces of ${size}`);
  }
});

test('keeps the content of wanted records only', () => {
  const { records } = look(state, 5, [2, 19]);
  const kept = records.filter(({ field: number }) => number > 1 && number < 20).map(({ content }) => content);
  assert.equal(
    kept.map((content) => content && Buffer.from(content).toString()),
    ['node', undefined, undefined, 'new'],
  );
});

test('keeps a record of the largest size that is kept', () => {
  const { records } = look(field(3, new Uint8Array(keptRecordLimitBytes)), 64 * 1024, [3]);
  assert.is(records[0]?.content?.length, keptRecordLimitBytes);
});

test('passes a record that is too large to be kept', () => {
  const large = field(3, new Uint8Array(keptRecordLimitBytes + 1).fill(0x61));
  const { records, passed } = look(large, 64 * 1024, [3]);
  assert.is(records[0]?.content, undefined);
  assert.is(passed[0]?.length, keptRecordLimitBytes + 1);
});

test('shows a number without the content of the record before it', () => {
  const { records } = look(Buffer.concat([field(2, 'node'), numberField(20, 7)]), 5, [2]);
  assert.is(records[1]?.content, undefined);
});

test('does not visit a record that never ends', () => {
  assert.equal(look(field(2, 'node').subarray(0, 4)).records, []);
});

test.run();
