import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Keyring, parseKeyring, possessionProof } from '../../../src/adapters/seal/keyring.js';
import { keyringOf } from '../../builders/keyrings.js';
import { possessionProof as proofByTheBook } from '../../builders/sealed-envelope.js';

const test = suite('the keyring of newer daemons');
const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const parse = (text: string): Keyring => parseKeyring(Buffer.from(text), (reason) => new Error(reason));
const ring = (fields: Record<string, unknown>) =>
  JSON.stringify({ version: 1, active: 'a', keys: { a: key(1) }, ...fields });

test('it has an active key, and all that open', () => {
  const parsed = parse(ring({ active: 'b', keys: { a: key(1), b: key(2), ['__proto__x']: key(3) } }));
  assert.is(parsed.active, 'b');
  assert.equal([...parsed.keys.keys()], ['a', 'b', '__proto__x']);
  assert.ok(parsed.keys.get('b')?.export().equals(Buffer.alloc(32, 2)));
});

test('a key may be called as an inner name of JavaScript is', () => {
  assert.ok(parse(`{"version":1,"active":"__proto__","keys":{"__proto__":"${key(1)}"}}`).keys.has('__proto__'));
});

for (const [what, text, reason] of [
  ['text in another encoding', '\xff', 'it is not UTF-8 text'],
  ['no JSON', '{"version":1', 'it is not JSON'],
  ['a list', '[]', 'it is not a JSON object'],
  ['nothing', 'null', 'it is not a JSON object'],
  ['data behind the object', `${ring({})}{}`, 'something follows behind it'],
  ['a field twice', `{"version":1,"version":2}`, 'it gives "version" twice'],
  ['a key twice', `{"version":1,"active":"a","keys":{"a":"${key(1)}","a":"${key(2)}"}}`, 'it gives "a" twice'],
  ['a field more', ring({ retired: [] }), 'it has a field "retired" that no keyring has'],
  ['another version', ring({ version: 2 }), 'its version is not 1'],
  ['a version as text', ring({ version: '1' }), 'its version is not 1'],
  ['no active key', ring({ active: undefined }), '"active" is not the id of a key'],
  ['an active key of another form', ring({ active: 'a.b' }), '"active" is not the id of a key'],
  ['keys in a list', ring({ keys: [key(1)] }), '"keys" is not an object'],
  ['no keys', ring({ keys: {} }), 'it holds no key'],
  [
    'an id with a space',
    ring({ keys: { 'a b': key(1) } }),
    '"a b" cannot be the id of a key: 1 to 64 letters, digits, hyphens and underscores',
  ],
  ['a key that is no text', ring({ keys: { a: 5 } }), 'the key a is not base64'],
  ['a key that is not base64', ring({ keys: { a: 'secret!' } }), 'the key a is not base64'],
  ['a key in the base64 of addresses', ring({ keys: { a: key(255).replaceAll('/', '_') } }), 'the key a is not base64'],
  ['a key without its padding', ring({ keys: { a: key(1).replace('=', '') } }), 'the key a is not base64'],
  ['a short key', ring({ keys: { a: Buffer.alloc(31).toString('base64') } }), 'the key a has 31 bytes instead of 32'],
  ['an active key that is not there', ring({ active: 'b' }), 'the active key b is not among its keys'],
] as const) {
  test(`${what}: refused with its own sentence`, () => {
    const bytes = Buffer.from(text, 'latin1');
    assert.throws(
      () => parseKeyring(bytes, (found) => new Error(found)),
      (error: Error) => error.message === reason,
    );
  });
}

test('the proof is that of the daemon, of all keys in the order of their ids', () => {
  for (const name of ['ring-1', 'ring-2', 'other-ring'] as const) {
    const parsed = keyringOf(name);
    const keys = [...parsed.keys].map(([id, object]) => [id, object.export().toString('base64')] as const);
    const backwards = { active: parsed.active, keys: Object.fromEntries(keys.reverse()) };
    assert.ok(Buffer.from(possessionProof(parsed)).equals(proofByTheBook(backwards)), name);
  }
});

test('a ring that is printed shows its ids alone', () => {
  const shown = inspect(keyringOf('ring-2'), { depth: 9, showHidden: true });
  assert.match(shown, 'cluster-v2');
  for (const object of keyringOf('ring-2').keys.values()) {
    const bytes = object.export();
    for (const form of ['base64', 'hex', 'latin1'] as const) assert.not.match(shown, bytes.toString(form).slice(0, 12));
  }
  assert.not.match(
    JSON.stringify([...keyringOf('ring-1').keys]),
    keyringOf('ring-1').keys.get('cluster-v1')?.export().toString('base64').slice(0, 12) ?? '',
  );
});

test.run();
