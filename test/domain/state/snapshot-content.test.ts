import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SnapshotContent, walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { clusterRecord, field, fixedField, numberField, stateOf, tag, varint } from './state-encoder.js';

const test = suite('walkSnapshot');

function walk(...chunks: readonly Uint8Array[]): SnapshotContent {
  const walking = walkSnapshot();
  for (const chunk of chunks) walking.feed(chunk);
  return walking.finish();
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
const largestField = 2 ** 29 - 1;
const id = field(1, 'c-1');

for (const [what, state, clusterId] of [
  ['nothing', joined(), undefined],
  ['a state as a daemon writes it', stateOf('c-1'), 'c-1'],
  ['a cluster alone', clusterRecord(id), 'c-1'],
  ['a cluster record without content', clusterRecord(), undefined],
  ['a cluster record without an id', clusterRecord(field(2, 'PEM')), undefined],
  ['an empty cluster id', clusterRecord(field(1, '')), ''],
  ['a cluster id beyond ASCII', clusterRecord(field(1, 'größe-😀')), 'größe-😀'],
  ['a byte order mark in the cluster id', clusterRecord(field(1, '\uFEFFc-1')), '\uFEFFc-1'],
  ['a cluster record of 1 MiB', clusterRecord(field(2, 'x'.repeat(2 ** 20 - 4))), undefined],
  ['a cluster id of 1024 bytes', clusterRecord(field(1, 'c'.repeat(1024))), 'c'.repeat(1024)],
  ['a cluster id after other fields', clusterRecord(field(3, 'PEM'), id), 'c-1'],
  ['two cluster ids, of which the last counts', clusterRecord(field(1, 'old'), id), 'c-1'],
  ['two cluster records, which are merged', joined(clusterRecord(id), clusterRecord(field(2, 'PEM'))), 'c-1'],
  ['a cluster record after the entities', joined(field(2, 'node'), clusterRecord(id)), 'c-1'],
  ['no cluster', joined(field(2, 'node'), field(18, 'credential')), undefined],
  ['what looks like a cluster id inside an entity', field(2, clusterRecord(id)), undefined],
  ['every field that is known', joined(...Array.from({ length: 17 }, (_, n) => field(n + 2, 'x'))), undefined],
  ['empty entities', joined(field(2, ''), field(3, '')), undefined],
  [
    'unknown fields of every kind in the state',
    joined(numberField(19, 2n ** 64n - 1n), fixedField(20, 8), fixedField(21, 4), field(22, 'new'), clusterRecord(id)),
    'c-1',
  ],
  [
    'unknown fields of every kind in the cluster record',
    clusterRecord(numberField(19, 2n ** 64n - 1n), fixedField(20, 8), fixedField(21, 4), field(22, 'new'), id),
    'c-1',
  ],
  ['the largest field number', field(largestField, 'x'), undefined],
  ['a number padded to ten bytes', joined(tag(19, 0), varint(1, 10)), undefined],
  ['a padded tag and a padded length', joined(varint((2n << 3n) | 2n, 5), varint(3, 5), Buffer.from('abc')), undefined],
] as const) {
  test(`finds ${what} well-formed`, () => {
    assert.equal(walk(state), { kind: 'well-formed', sizeBytes: state.length, clusterId });
  });
}

for (const [what, bytes, reason] of [
  ['field number 0', field(0, 'x'), /field number 0/],
  ['a field number beyond the largest', joined(varint(((2n ** 29n) << 3n) | 2n), varint(0)), /field number 536870912/],
  ['field number 0 in the cluster record', clusterRecord(field(0, 'x')), /field number 0/],
  [
    'a cluster record larger than 1 MiB',
    joined(tag(1, 2), varint(2 ** 20 + 1)),
    /the cluster record has 1048577 bytes/,
  ],
  ['a cluster that is a number', numberField(1, 1), /wire type 0/],
  ['an entity that is a number', numberField(3, 1), /wire type 0/],
  ['an entity of eight bytes', fixedField(18, 8), /wire type 1/],
  ['an entity of four bytes', fixedField(2, 4), /wire type 5/],
  ['the start of a group', tag(19, 3), /wire type 3/],
  ['the end of a group', tag(19, 4), /wire type 4/],
  ['wire type 6', tag(19, 6), /wire type 6/],
  ['wire type 7', tag(19, 7), /wire type 7/],
  ['a cluster id that is no text', clusterRecord(field(1, Buffer.from([0xff]))), /not UTF-8/],
  ['a cluster id that is a number', clusterRecord(numberField(1, 7)), /wire type 0/],
  ['a group in the cluster record', clusterRecord(tag(5, 3)), /wire type 3/],
  ['a field of 2 GiB', joined(tag(2, 2), varint(2n ** 31n)), /claims more bytes/],
  ['a field of 2^64-1 bytes', joined(tag(2, 2), varint(2n ** 64n - 1n)), /claims more bytes/],
  ['a cluster record of 2 GiB', joined(tag(1, 2), varint(2n ** 31n)), /claims more bytes/],
  ['a tag beyond 64 bits', new Uint8Array(12).fill(0xff), /64 bits/],
  ['a length beyond 64 bits', joined(tag(2, 2), varint(2n ** 64n)), /64 bits/],
  ['a number beyond 64 bits', joined(tag(19, 0), varint(2n ** 64n)), /64 bits/],
  ['a number of eleven bytes', joined(tag(19, 0), varint(1, 11)), /64 bits/],
  ['a cluster id of 1025 bytes', clusterRecord(field(1, 'c'.repeat(1025))), /cluster id has 1025 bytes/],
  [
    'a cluster id longer than its record',
    joined(tag(1, 2), varint(4), tag(1, 2), varint(3), Buffer.from('ab')),
    /cluster record ends inside/,
  ],
  [
    'eight bytes that leave the cluster record',
    joined(tag(1, 2), varint(8), fixedField(9, 8)),
    /cluster record ends inside/,
  ],
  [
    'four bytes that leave the cluster record',
    joined(tag(1, 2), varint(4), fixedField(9, 4)),
    /cluster record ends inside/,
  ],
  ['a cluster record that ends after a tag', joined(clusterRecord(tag(1, 2)), field(2, 'x')), /record ends inside/],
  ['a cluster record that ends inside a tag', joined(tag(1, 2), varint(1), tag(100, 2)), /record ends inside/],
  [
    'a cluster record that ends inside a number',
    joined(tag(1, 2), varint(2), numberField(9, 300)),
    /record ends inside/,
  ],
] as const) {
  test(`finds ${what} malformed, and where`, () => {
    const start = field(2, 'sound');
    const found = walk(start, bytes, new Uint8Array(2048));
    assert.is(found.kind, 'malformed');
    if (found.kind !== 'malformed') return;
    assert.match(found.reason, reason);
    assert.ok(found.atByte >= start.length && found.atByte <= start.length + bytes.length, `at byte ${found.atByte}`);
  });
}

for (const [what, bytes] of [
  ['a tag', tag(100, 2).subarray(0, 1)],
  ['a length', joined(tag(2, 2), varint(300).subarray(0, 1))],
  ['a field without its length', tag(2, 2)],
  ['a number', joined(tag(19, 0), varint(300).subarray(0, 1))],
  ['a number that has not begun', tag(19, 0)],
  ['an entity', field(2, 'node').subarray(0, 5)],
  ['an entity that claims the largest size', joined(tag(2, 2), varint(2n ** 31n - 1n), Buffer.from('short'))],
  ['eight bytes', fixedField(19, 8).subarray(0, 9)],
  ['four bytes', fixedField(19, 4).subarray(0, 5)],
  ['the cluster record', clusterRecord(id, field(2, 'PEM')).subarray(0, 7)],
  ['the cluster id', clusterRecord(id).subarray(0, 6)],
] as const) {
  test(`finds a snapshot malformed that ends inside ${what}`, () => {
    assert.equal(walk(bytes), {
      kind: 'malformed',
      atByte: bytes.length,
      reason: 'the snapshot ends inside a field',
    });
  });
}

test('keeps the first problem, no matter what comes after it', () => {
  const fault = joined(field(2, 'sound'), field(0, 'x'));
  assert.equal(walk(fault, stateOf('c-1'), numberField(3, 1)), walk(fault));
});

/** One field with every number and kind, well-formed or not. */
const anyField = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 20 }), fc.uint8Array({ maxLength: 40 })).map(([n, bytes]) => field(n, bytes)),
  fc.tuple(fc.integer({ min: 0, max: 40 }), fc.bigInt({ min: 0n, max: 2n ** 65n })).map(([n, v]) => numberField(n, v)),
  fc.integer({ min: 17, max: largestField }).map((n) => fixedField(n, 8)),
  fc.integer({ min: 17, max: largestField }).map((n) => fixedField(n, 4)),
  fc.tuple(fc.nat(30), fc.nat(7)).map(([n, wireType]) => tag(n, wireType)),
  fc.string().map((text) => clusterRecord(field(1, text), field(2, 'PEM'))),
  fc.uint8Array({ maxLength: 20 }),
);
const anyBytes = fc.array(
  fc.oneof(
    anyField,
    fc.array(anyField).map((parts) => clusterRecord(...parts)),
  ),
  {
    maxLength: 8,
  },
);

/** Entities and other fields that may follow one another in any order. */
const soundFields = fc.array(
  fc.oneof(
    fc.tuple(fc.integer({ min: 2, max: 40 }), fc.uint8Array({ maxLength: 300 })).map(([n, bytes]) => field(n, bytes)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => numberField(19, value)),
    fc.integer({ min: 19, max: largestField }).map((n) => fixedField(n, 8)),
    fc.integer({ min: 19, max: largestField }).map((n) => fixedField(n, 4)),
    fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => clusterRecord(field(3, 'PEM'), field(1, text))),
  ),
  { maxLength: 8 },
);

test('gives the same answer for any division of the bytes', () => {
  fc.assert(
    fc.property(anyBytes, fc.array(fc.nat()), (parts, cuts) => {
      const bytes = joined(...parts);
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const chunks = places.slice(1).map((end, position) => bytes.subarray(places[position], end));
      assert.equal(walk(...chunks), walk(bytes));
    }),
    { numRuns: 1000 },
  );
});

test('gives the same answer byte by byte', () => {
  fc.assert(
    fc.property(anyBytes, (parts) => {
      const bytes = joined(...parts);
      assert.equal(walk(...Array.from(bytes, (_, position) => bytes.subarray(position, position + 1))), walk(bytes));
    }),
  );
});

test('finds sound fields in any order well-formed, and their prefixes at the ends of fields only', () => {
  fc.assert(
    fc.property(soundFields, fc.nat(), (parts, cut) => {
      const bytes = joined(...parts);
      const ends = parts.map((_, position) => joined(...parts.slice(0, position)).length).concat(bytes.length);
      const length = cut % (bytes.length + 1);
      assert.is(walk(bytes).kind, 'well-formed');
      assert.is(walk(bytes.subarray(0, length)).kind, ends.includes(length) ? 'well-formed' : 'malformed');
    }),
    { numRuns: 300 },
  );
});

test('never throws, and names a byte inside the snapshot, for any bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        anyBytes.map((parts) => joined(...parts)),
      ),
      (bytes) => {
        const found = walk(bytes);
        if (found.kind === 'malformed') assert.ok(found.atByte >= 0 && found.atByte <= bytes.length);
        else assert.is(found.sizeBytes, bytes.length);
      },
    ),
  );
});

test('keeps nothing of a chunk whose memory is reused', () => {
  const walking = walkSnapshot();
  const memory = new Uint8Array(3);
  const bytes = stateOf('c-123456789');
  for (let offset = 0; offset < bytes.length; offset += 3) {
    const count = Math.min(3, bytes.length - offset);
    memory.set(bytes.subarray(offset, offset + count));
    walking.feed(memory.subarray(0, count));
    memory.fill(0xff);
  }
  assert.equal(walking.finish(), { kind: 'well-formed', sizeBytes: bytes.length, clusterId: 'c-123456789' });
});

test('does not change its input', () => {
  const bytes = stateOf('c-1');
  walk(bytes);
  assert.equal(bytes, stateOf('c-1'));
});

test.run();
