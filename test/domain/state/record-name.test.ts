import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRecordNameReader, nameOfRecord, nameText } from '../../../src/domain/state/record-name.js';
import { field, numberField } from './state-encoder.js';

const test = suite('createRecordNameReader');

/** The name of a record that comes in pieces of `size` bytes. */
function nameOf(record: Uint8Array, size = record.length, reader = createRecordNameReader()): string {
  for (let start = 0; start < record.length; start += size) reader.take(record.subarray(start, start + size));
  return nameText(reader.end());
}

const joined = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);

for (const [what, record, name] of [
  ['a name', joined(field(1, 'web'), numberField(2, 7), field(7, 'SECRET')), 'web'],
  ['a name after other fields', joined(field(7, 'SECRET'), field(1, 'web')), 'web'],
  ['two names, of which the last counts', joined(field(1, 'old'), field(1, 'web')), 'web'],
  ['a name beyond ASCII', field(1, 'größe-😀'), 'größe-😀'],
  ['a name of 1024 bytes', field(1, 'n'.repeat(1024)), 'n'.repeat(1024)],
  ['a byte order mark in its name', field(1, '\uFEFFweb'), '\uFEFFweb'],
  ['no name', field(7, 'SECRET'), ''],
  ['an empty name', field(1, ''), ''],
  ['a name that is too long', field(1, 'n'.repeat(1025)), ''],
  ['a number in its place', numberField(1, 7), ''],
  ['what is no message', Buffer.from([0xff, 0xff, 0xff]), ''],
  ['a name that is cut short', field(1, 'web').subarray(0, 4), ''],
  ['nothing', new Uint8Array(0), ''],
] as const) {
  test(`reads of a record with ${what} "${name.slice(0, 20)}", however it is cut`, () => {
    for (const size of [1, 3, 1024 * 1024]) assert.is(nameOf(record, size), name, `pieces of ${size}`);
    assert.is(nameOfRecord(record), name);
  });
}

test('shows bytes that are no text as replacement characters', () => {
  assert.is(nameOf(field(1, Buffer.from([0x61, 0xff, 0x62]))), 'a\ufffdb');
  assert.is(nameOf(field(1, Buffer.from([0x61, 0xc3]))), 'a\ufffd');
});

test('carries nothing from one record over to the next', () => {
  const reader = createRecordNameReader();
  const half = field(1, '😀').subarray(0, 4);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.integer({ min: 1, max: 9 }), (name, size) => {
      nameOf(half, size, reader);
      assert.is(nameOf(field(1, name), size, reader), name);
      assert.is(nameOf(field(2, name), size, reader), '');
    }),
  );
});

test.run();
