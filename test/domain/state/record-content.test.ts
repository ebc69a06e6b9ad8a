import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../../src/adapters/host/sha256-digest.js';
import { comparedRecordLimitBytes, createRecordContentReader } from '../../../src/domain/state/record-content.js';
import { field, numberField, tag, varint } from './state-encoder.js';

const test = suite('what records say, one after the other');

const reader = createRecordContentReader(sha256Digest, Buffer.alloc(16, 's'));

function contentOf(kind: number, ...pieces: readonly Uint8Array[]): string {
  for (const piece of pieces) reader.take(piece);
  return reader.end(kind);
}

const [a, b] = ['a', 'b'].map((key) => field(5, Buffer.concat([field(1, key), numberField(2, 1)]))) as [Buffer, Buffer];

/** A field that, with the two entries, makes a record of `sizeBytes`. */
function filler(sizeBytes: number): Uint8Array {
  const content = sizeBytes - a.length - b.length - 5;
  return Buffer.concat([tag(7, 2), varint(content, 4), Buffer.alloc(content, 'x')]);
}

test('is the same for two orders of a map in a record as large as is looked into', () => {
  const most = filler(comparedRecordLimitBytes);
  assert.is(contentOf(3, most, a, b), contentOf(3, Buffer.concat([most, b]), a));
});

test('is the bytes for a larger record, in any pieces, but not for the one after it', () => {
  const tooMuch = filler(comparedRecordLimitBytes + 1);
  const whole = contentOf(3, Buffer.concat([tooMuch, a, b]));
  assert.is(contentOf(3, tooMuch, a, b), whole);
  assert.is.not(contentOf(3, tooMuch, b, a), whole);
  assert.is.not(contentOf(4, tooMuch, a, b), whole);
  assert.is(contentOf(3, a, b), contentOf(3, b, a));
});

test('is another for the same bytes as a record of another field', () => {
  const contents = [19, 19 + 2 ** 8, 19 + 2 ** 16, 19 + 2 ** 24].map((kind) => contentOf(kind, a, b));
  assert.is(new Set([...contents, contentOf(3, a, b)]).size, 5);
});

test('is another with another salt, and after something else', () => {
  const small = [a, b];
  const large = [filler(comparedRecordLimitBytes + 1), a, b];
  for (const pieces of [small, large]) {
    const other = createRecordContentReader(sha256Digest, Buffer.alloc(16, 'o'));
    for (const piece of pieces) other.take(piece);
    const found = new Set([contentOf(3, ...pieces), other.end(3)]);
    for (const before of ['1', '2']) {
      for (const piece of pieces) reader.take(piece);
      found.add(reader.end(3, Buffer.alloc(16, before)));
    }
    assert.is(found.size, 4);
    assert.ok(found.has(contentOf(3, ...pieces)));
  }
});

test('is another when two services of a deployment change places, which look like the entries of a map', () => {
  const [web, api] = ['web', 'api'].map((name) => field(8, Buffer.concat([field(1, name), numberField(2, 3)]))) as [
    Buffer,
    Buffer,
  ];
  assert.is.not(contentOf(3, web, api), contentOf(3, api, web));
  assert.is(contentOf(4, web, api), contentOf(4, api, web));
});

test('leaves out the load of a node alone', () => {
  const load = [numberField(9, 1), numberField(10, 2), field(11, 'now')];
  const [name, details] = [field(1, 'node-1'), field(6, 'text')];
  assert.is(contentOf(2, name, ...load, details), contentOf(2, name, details));
  assert.is.not(contentOf(3, name, ...load, details), contentOf(3, name, details));
  assert.is.not(contentOf(2, name, ...load), contentOf(2, name, details));
});

test.run();
