import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { printable } from '../../../src/domain/values/printable-text.js';

const test = suite('printable');

/** Everything that could control a terminal or the writing direction, or is half a character. */
const dangerous = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{d800}-\u{dfff}]/u;

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

test('leaves ordinary text of any script as it is', () => {
  const text = 'node-1.example Größe Ω 集群 שלום 😀 👩‍🚀 \\u{1b}';
  assert.is(printable(text), text);
});

for (const [what, text, expected] of [
  ['an escape sequence', '\u001b[2Jx', '\\u{1b}[2Jx'],
  ['a line break', 'a\r\nb', 'a\\u{d}\\u{a}b'],
  ['a C1 control', 'a\u009bb', 'a\\u{9b}b'],
  ['a line separator', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
  ['a bidirectional override', '\u202egpj', '\\u{202e}gpj'],
  ['a bidirectional mark', '\u200f\u061c', '\\u{200f}\\u{61c}'],
  ['a high half of a character', 'a\ud83db', 'a\\u{d83d}b'],
  ['a low half of a character', 'a\udc00', 'a\\u{dc00}'],
] as const) {
  test(`escapes ${what}`, () => {
    assert.is(printable(text), expected);
  });
}

test('lets nothing through that controls a terminal, for any text and any cut', () => {
  fc.assert(
    fc.property(anyText, fc.nat(50), (text, maximumLength) => {
      assert.not.match(printable(text, maximumLength), dangerous);
    }),
  );
});

test('changes nothing in text without such characters', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      fc.pre(!dangerous.test(text));
      assert.is(printable(text, text.length), text);
    }),
  );
});

test('cuts long text and marks the cut', () => {
  assert.is(printable('a'.repeat(10), 10), 'a'.repeat(10));
  assert.is(printable('a'.repeat(11), 10), `${'a'.repeat(10)}…`);
});

test('cuts at 200 by default', () => {
  assert.is(printable('a'.repeat(201)), `${'a'.repeat(200)}…`);
});

test('does not cut a character in two', () => {
  assert.is(printable('ab😀', 3), 'ab…');
});

test.run();
