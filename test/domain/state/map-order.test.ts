import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderMaps } from '../../../src/domain/state/map-order.js';
import { field, fixedField, numberField, tag, varint } from './state-encoder.js';

const test = suite('the order of the entries of maps');

/** `message` with its maps sorted; the fields of `lists` are known lists. */
function ordered(message: Uint8Array, lists?: readonly number[]): string {
  const room = new Uint8Array(2 * message.length);
  room.set(message);
  orderMaps(room, message.length, lists);
  return Buffer.from(room.subarray(0, message.length)).toString('hex');
}

const message = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);
const entry = (number: number, key: string, value: string | Uint8Array) =>
  field(number, message(field(1, key), field(2, value)));
/** An entry whose key and value are encoded already. */
const pair = (key: Uint8Array, value: Uint8Array) => field(5, message(key, value));
const text = field(2, 'value');

function forgives(one: readonly Uint8Array[], other: readonly Uint8Array[], lists?: readonly number[]): void {
  assert.is(ordered(message(...one), lists), ordered(message(...other), lists));
  assert.is(ordered(message(...one)).length, 2 * message(...one).length);
}

function tellsApart(one: readonly Uint8Array[], other: readonly Uint8Array[], lists?: readonly number[]): void {
  assert.is.not(ordered(message(...one), lists), ordered(message(...other), lists));
}

test('is the same for every order of a map, between any other fields of the message', () => {
  const [a, b, c] = [entry(5, 'a', 'x'), entry(5, 'bb', ''), entry(5, '', 'yyy')];
  const [before, after] = [field(1, 'name'), field(6, 'b5')];
  for (const order of [
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ]) {
    forgives([before, a, b, c, after], [before, ...order, after]);
  }
});

test('is the same for maps inside of messages, of elements of lists and of values of maps', () => {
  const map = [entry(1, 'a', 'x'), entry(1, 'b', 'y')];
  const inside = (entries: readonly Uint8Array[]) => message(...entries);
  const reversed = inside(map.toReversed());
  forgives([field(4, inside(map))], [field(4, reversed)]);
  forgives(
    [field(4, inside(map)), field(4, field(3, 'z'.repeat(9)))],
    [field(4, reversed), field(4, field(3, 'z'.repeat(9)))],
  );
  const [one, other] = [entry(7, 'k', inside(map)), entry(7, 'l', inside(map))];
  forgives([one, other], [entry(7, 'l', reversed), entry(7, 'k', reversed)]);
});

for (const [what, first, second] of [
  ['numbers', numberField(1, 300), numberField(1, 2n ** 64n - 1n)],
  ['numbers of one byte', numberField(1, 0), numberField(1, 1)],
  ['four bytes', fixedField(1, 4), Buffer.from([0x0d, 1, 2, 3, 4])],
  ['eight bytes', fixedField(1, 8), Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8])],
  ['texts of which one begins like the other', field(1, 'abc'), field(1, 'ab')],
  ['long texts', field(1, 'a'.repeat(200)), field(1, `${'a'.repeat(199)}b`)],
] as const) {
  test(`is the same for maps by ${what}`, () => {
    forgives([pair(first, text), pair(second, text)], [pair(second, text), pair(first, text)]);
  });
}

for (const [what, value] of [
  ['a number', numberField(2, 7)],
  ['four bytes', fixedField(2, 4)],
  ['eight bytes', fixedField(2, 8)],
  ['an empty message', field(2, '')],
] as const) {
  test(`is the same for maps whose values are ${what}`, () => {
    const [a, b] = [pair(field(1, 'a'), value), pair(field(1, 'b'), value)];
    forgives([a, b], [b, a]);
  });
}

test('is the same for the shortest map there can be', () => {
  const [a, b] = [0, 1].map((key) => pair(numberField(1, key), numberField(2, 0))) as [Uint8Array, Uint8Array];
  forgives([a, b], [b, a]);
});

const twoValues = (key: string) => field(5, message(field(2, key), field(2, 'value')));
const plain = (number: number, name: string) => field(number, field(1, name));
for (const [what, one, other] of [
  ['texts', field(5, 'a text of a list'), field(5, 'another of the list')],
  ['messages of one field', plain(5, 'a'.repeat(12)), plain(5, 'b'.repeat(12))],
  ['messages of three fields', entry(5, 'a', message()), field(5, message(field(1, 'b'), field(2, ''), field(3, '')))],
  ['messages whose first field is another', field(5, message(field(3, 'a'), text)), entry(5, 'b', 'x')],
  ['messages whose first field is another, all of them', twoValues('b'), twoValues('a')],
  ['messages whose second field is another', entry(5, 'b', 'x'), field(5, message(field(1, 'a'), field(3, 'x')))],
  ['messages that end inside their second field', entry(5, 'b', 'x'), field(5, message(field(1, 'a'), tag(2, 2)))],
  ['messages whose fields are out of order', field(5, message(text, field(1, 'a'))), entry(5, 'b', 'x')],
  ['messages with keys of two types', pair(field(1, 'a'), text), pair(numberField(1, 7), text)],
  ['messages with values of two types', pair(field(1, 'a'), text), pair(field(1, 'b'), numberField(2, 7))],
  ['entries that share their key', entry(5, 'a', 'x'), entry(5, 'a', 'y')],
  ['numbers longer than they need be', pair(message(tag(1, 0), varint(5, 2)), text), pair(numberField(1, 5), text)],
  [
    'lengths longer than they need be',
    pair(message(tag(1, 2), varint(1, 2), Buffer.from('a')), text),
    pair(field(1, 'a'), text),
  ],
  ['empty elements', field(5, ''), entry(5, 'key', 'value')],
  ['groups', field(5, Buffer.from([0x0b, 0x0c, 0x12, 0x00])), entry(5, 'key', 'value')],
] as const) {
  test(`distinguishes two orders of a list: ${what}`, () => {
    const [first, last] = [entry(5, '!', 'x'), entry(5, 'z', 'x')];
    for (const list of [
      [one, other],
      [last, one, other],
      [one, last, other, first],
    ]) {
      for (const order of [list, list.toReversed()])
        assert.is(ordered(message(...order)), message(...order).toString('hex'));
    }
  });
}

test('distinguishes two orders of a field that is a known list, but not of the next field', () => {
  const [a, b] = [pair(field(1, 'a'), numberField(2, 3)), pair(field(1, 'b'), numberField(2, 3))];
  tellsApart([a, b], [b, a], [5]);
  forgives([a, b], [b, a], [6]);
  const [inside, turned] = [field(5, message(a, b)), field(5, message(b, a))];
  forgives([inside], [turned], [5]);
});

test('distinguishes messages that are equal for a parser: two fields that changed places', () => {
  tellsApart([field(1, 'first name'), field(2, 'second')], [field(2, 'second'), field(1, 'first name')]);
  const [a, b] = [entry(5, 'a', 'x'), entry(5, 'b', 'x')];
  tellsApart([a, field(6, 'x'), b], [b, field(6, 'x'), a]);
  tellsApart([a, numberField(5, 2), b], [b, numberField(5, 2), a]);
});

test('distinguishes a number in one piece of a list from the same number alone', () => {
  tellsApart(
    [field(5, Buffer.from([1, 2])), field(6, '01234567')],
    [numberField(5, 1), numberField(5, 2), field(6, '01234567')],
  );
});

test('looks into no more levels than a parser does, and finds the last of them', () => {
  const wrapped = (levels: number, inner: Uint8Array) => {
    const parts = [inner];
    for (let sizeBytes = inner.length; parts.length <= levels; ) {
      const header = message(tag(3, 2), varint(sizeBytes));
      parts.push(header);
      sizeBytes += header.length;
    }
    return message(...parts.reverse());
  };
  const map = [entry(1, 'a', 'x'), entry(1, 'b', 'y')];
  const [one, other] = [message(...map), message(...map.toReversed())];
  forgives([wrapped(99, one)], [wrapped(99, other)]);
  tellsApart([wrapped(100, one)], [wrapped(100, other)]);
  tellsApart([wrapped(100_000, one)], [wrapped(100_000, other)]);
});

test('does not change bytes that are not a message', () => {
  const map = message(entry(5, 'b', 'x'), entry(5, 'a', 'x'));
  for (const end of [
    [0x00, 0x01],
    [0x0a, 0x05, 0x01],
    [0x0a, 0xff],
    [0x0a],
    [0x0f],
    [0x09, 1, 2, 3],
    [0x0d, 1, 2, 3],
    [0x08, 0xff],
    [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
    [0x82, 0x80, 0x80, 0x80, 0x10, 0x00],
  ]) {
    const bytes = message(map, Buffer.from(end));
    assert.is(ordered(bytes), bytes.toString('hex'), String(end));
  }
  const last = message(tag(2 ** 29 - 1, 0), varint(2n ** 64n - 1n));
  forgives([entry(5, 'b', 'x'), entry(5, 'a', 'x'), last], [entry(5, 'a', 'x'), entry(5, 'b', 'x'), last]);
});

test.run();
