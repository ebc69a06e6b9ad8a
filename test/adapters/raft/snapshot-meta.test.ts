import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { encodeSnapshotMeta, parseSnapshotMeta, type SnapshotMeta } from '../../../src/adapters/raft/snapshot-meta.js';
import { isJacoError } from '../../../src/domain/errors.js';

const refuse = damageOf('meta.json');
const textOf = (meta: SnapshotMeta) => Buffer.from(encodeSnapshotMeta(meta)).toString();
const parseText = (text: string) => parseSnapshotMeta(Buffer.from(text), refuse);

const example: SnapshotMeta = {
  id: '7-1000-1795539891344',
  index: 1000n,
  term: 7n,
  servers: [{ suffrage: 'voter', id: 'node.example', address: 'a:1' }],
  configurationIndex: 1n,
  sizeBytes: 3,
  crc: Buffer.from('cAYcrYyElIU=', 'base64'),
};

/** As hashicorp/raft v1.7.3 wrote it for the same values. */
const exampleText =
  '{"Version":1,"ID":"7-1000-1795539891344","Index":1000,"Term":7,"Peers":"kaNhOjE=","Configuration":{"Servers":[{"Suffrage":0,"ID":"node.example","Address":"a:1"}]},"ConfigurationIndex":1,"Size":3,"CRC":"cAYcrYyElIU="}\n';

test('is written to the byte as the engine writes it', () => {
  assert.is(textOf(example), exampleText);
});

test('escapes as Go does', () => {
  const written = textOf({ ...example, id: 'a<b>&"\\\u0001\u2028\u2029\u007fé\b\f\n\r\t' });
  assert.ok(
    written.includes('"ID":"a\\u003cb\\u003e\\u0026\\"\\\\\\u0001\\u2028\\u2029\u007fé\\b\\f\\n\\r\\t"'),
    written,
  );
});

test('writes only voters into Peers, and every server into Configuration', () => {
  const written = textOf({
    ...example,
    servers: [...example.servers, { suffrage: 'nonvoter', id: 'b', address: 'b:1' }],
  });
  assert.ok(written.includes('"Peers":"kaNhOjE="'));
  assert.ok(written.includes('{"Suffrage":1,"ID":"b","Address":"b:1"}'));
});

test('is read back as it was written, with every uint64', () => {
  const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const server = fc.record(
    {
      suffrage: fc.constantFrom('voter' as const, 'nonvoter' as const, 'staging' as const),
      id: fc.string(),
      address: fc.string(),
    },
    { noNullPrototype: true },
  );
  const meta = fc.record(
    {
      id: fc.string(),
      index: uint64,
      term: uint64,
      servers: fc.array(server, { maxLength: 20 }),
      configurationIndex: uint64,
      sizeBytes: fc.maxSafeNat(),
      crc: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(meta, (original) => {
      assert.equal(parseSnapshotMeta(encodeSnapshotMeta(original), refuse), original);
    }),
  );
});

test('ignores fields that it does not know', () => {
  assert.is(parseText(exampleText.replace('{', '{"New":{"a":[1.5]},')).index, 1000n);
});

for (const [what, text] of [
  ['no JSON', exampleText.slice(0, -10)],
  ['nothing', ''],
  ['no object', '[]'],
  ['another version', exampleText.replace('"Version":1', '"Version":2')],
  ['an index beyond uint64', exampleText.replace('1000,', '18446744073709551616,')],
  ['a negative term', exampleText.replace('"Term":7', '"Term":-7')],
  ['a fraction', exampleText.replace('"Term":7', '"Term":7.0')],
  ['a checksum of another length', exampleText.replace('cAYcrYyElIU=', 'cAYc')],
  ['a checksum that is not base64', exampleText.replace('cAYcrYyElIU=', 'cAYcrYyElIU')],
  ['a suffrage that nobody knows', exampleText.replace('"Suffrage":0', '"Suffrage":9')],
  ['no id', exampleText.replace('"ID":"7-1000-1795539891344",', '')],
] as const) {
  test(`refuses ${what}`, () => {
    assert.throws(
      () => parseText(text),
      (error: unknown) => isJacoError(error, 'store_damaged'),
    );
  });
}

test('refuses bytes that are not UTF-8', () => {
  const bytes = Buffer.from(exampleText);
  bytes[20] = 0xff;
  assert.throws(
    () => parseSnapshotMeta(bytes, refuse),
    (error: unknown) => isJacoError(error, 'store_damaged'),
  );
});

test.run();
