import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRecordContentReader } from '../../../src/domain/state/record-content.js';
import { plainDigest } from '../../fakes/plain-digest.js';
import { field, fixedField, numberField } from './state-encoder.js';

const test = suite('what a record says, whatever schema it is of');

/** A message, described by its fields. */
type Value =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'fixed'; readonly sizeBytes: 4 | 8 }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'message'; readonly fields: Message }
  | { readonly kind: 'texts'; readonly values: readonly string[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Key, Value])[] };
type Key = string | bigint;
type Message = readonly { readonly number: number; readonly value: Value }[];

const anyText = fc.string({ unit: 'grapheme', maxLength: 14 });
const anyNumber = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const { message: anyMessage } = fc.letrec<{ message: Message; value: Value; mapped: Value }>((tie) => ({
  message: fc.uniqueArray(fc.record({ number: fc.integer({ min: 1, max: 40 }), value: tie('value') }), {
    selector: ({ number }) => number,
    maxLength: 5,
  }),
  // Of a map all values are of one kind: here messages or texts.
  mapped: fc.oneof(
    fc.record({ kind: fc.constant('message' as const), fields: tie('message') }),
    fc.record({ kind: fc.constant('text' as const), value: anyText }),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('number' as const), value: anyNumber }),
    fc.record({ kind: fc.constant('fixed' as const), sizeBytes: fc.constantFrom(4 as const, 8 as const) }),
    fc.record({ kind: fc.constant('text' as const), value: anyText }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 20 }) }),
    fc.record({ kind: fc.constant('texts' as const), values: fc.array(anyText, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('message' as const), fields: tie('message') }),
    fc.oneof(mapBy(anyText, tie('mapped')), mapBy(anyNumber, tie('mapped'))),
  ),
}));

function mapBy(key: fc.Arbitrary<Key>, value: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc
    .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 5 })
    .map((entries) => ({ kind: 'map', entries }));
}

/** Chooses the order of the entries of a map. */
type Order = <T>(entries: readonly T[]) => readonly T[];

function encode(message: Message, order: Order): Uint8Array {
  return Buffer.concat(message.flatMap(({ number, value }) => encodeField(number, value, order)));
}

function encodeField(number: number, value: Value, order: Order): Uint8Array[] {
  if (value.kind === 'number') return [numberField(number, value.value)];
  if (value.kind === 'fixed') return [fixedField(number, value.sizeBytes)];
  if (value.kind === 'message') return [field(number, encode(value.fields, order))];
  if (value.kind === 'texts') return value.values.map((text) => field(number, text));
  if (value.kind === 'map') {
    return order(value.entries).map(([key, mapped]) => {
      const encodedKey = typeof key === 'string' ? field(1, key) : numberField(1, key);
      return field(number, Buffer.concat([encodedKey, ...encodeField(2, mapped, order)]));
    });
  }
  return [field(number, value.value)];
}

/** An order that follows from `seed`. */
function shuffledBy(seed: number): Order {
  let state = seed;
  return (entries) => {
    const left = [...entries];
    return entries.map(() => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return left.splice(state % left.length, 1)[0] as (typeof left)[number];
    });
  };
}

/** Of no kind whose records have fields that do not count: join tokens, and what a newer daemon may add. */
const anyKind = fc.constantFrom(10, 40);

function contentOf(kind: number, record: Uint8Array, pieceBytes = record.length): string {
  const reader = createRecordContentReader(plainDigest, Buffer.alloc(16, 's'));
  for (let at = 0; at < record.length; at += pieceBytes) reader.take(record.subarray(at, at + pieceBytes));
  return reader.end(kind);
}

test('is the same for any order of map entries, at any depth, and for any pieces', () => {
  let reordered = 0;
  const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const anyPiece = fc.integer({ min: 1, max: 30 });
  void fc.assert(
    fc.property(anyMessage, anyKind, anySeed, anyPiece, (message, kind, seed, pieceBytes) => {
      const [one, other] = [encode(message, (entries) => entries), encode(message, shuffledBy(seed))];
      if (Buffer.compare(one, other) !== 0) reordered += 1;
      assert.is(contentOf(kind, other, pieceBytes), contentOf(kind, one));
    }),
    { numRuns: 1000 },
  );
  assert.ok(reordered > 100, `only ${reordered} messages had a map in another order`);
});

test('is another when a byte is, or when one is more or fewer', () => {
  void fc.assert(
    fc.property(anyMessage, anyKind, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, kind, place, step) => {
      const record = Buffer.from(encode(message, (entries) => entries));
      const content = contentOf(kind, record);
      assert.is.not(contentOf(kind, Buffer.concat([record, Buffer.of(step)])), content);
      if (record.length === 0) return;
      assert.is.not(contentOf(kind, record.subarray(1)), content);
      const changed = Buffer.from(record);
      const at = place % record.length;
      changed[at] = (changed[at] as number) + step;
      assert.is.not(contentOf(kind, changed), content);
    }),
    { numRuns: 1000 },
  );
});

test('is another when two texts of a list change places, and when two keys of a map swap their values', () => {
  const twoTexts = fc.tuple(anyText, anyText).filter(([a, b]) => a !== b);
  void fc.assert(
    fc.property(anyMessage, anyKind, twoTexts, (message, kind, [a, b]) => {
      const withLast = (value: Value) => encode([...message, { number: 41, value }], (entries) => entries);
      const list = (...values: string[]) => contentOf(kind, withLast({ kind: 'texts', values }));
      assert.is.not(list(a, b), list(b, a));
      const map = (first: string, second: string) =>
        contentOf(
          kind,
          withLast({
            kind: 'map',
            entries: [
              ['one', { kind: 'text', value: first }],
              ['two', { kind: 'text', value: second }],
            ],
          }),
        );
      assert.is.not(map(a, b), map(b, a));
    }),
    { numRuns: 500 },
  );
});

test.run();
