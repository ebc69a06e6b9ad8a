import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseArchiveMetadata } from '../../../src/adapters/archive/archive-metadata.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { inSchema, metadataJson, metadataWith } from '../../builders/snapshot-metadata.js';

const test = suite('meta.json');

const parse = (text: string) => parseArchiveMetadata(Buffer.from(text));
/** A whole meta.json in which one field has another value, as JSON text; undefined leaves it out. */
const jsonWith = (field: string, value: string | undefined): string => {
  const fields = new Map([...complete, [field, value] as const]);
  const lines = [...fields].filter(([, json]) => json !== undefined).map(([key, json]) => `"${key}":${json}`);
  return `{${lines.join(',')}}`;
};
const complete = new Map<string, string | undefined>([
  ['schema_version', '1'],
  ['cluster_id', '"c-7f3a"'],
  ['snapshot_index', '1000'],
  ['snapshot_term', '7'],
  ['jaco_version', '"v0.3.9"'],
  ['taken_at', '"2026-05-25T03:00:00Z"'],
  ['leader_at_snapshot', '"10.0.0.7:7001"'],
]);
const texts = ['cluster_id', 'jaco_version', 'taken_at', 'leader_at_snapshot'];
const numbers = ['schema_version', 'snapshot_index', 'snapshot_term'];

/** Why the text is refused. */
function reasonFor(text: string | Uint8Array): string {
  try {
    parseArchiveMetadata(Buffer.from(text));
  } catch (error) {
    assert.ok(isJacoError(error, 'archive_rejected'), String(error));
    return error.message.replace(/^.*meta\.json is unusable: /, '');
  }
  throw new Error('it was accepted');
}

test('reads what a daemon writes', () => {
  assert.equal(parse(jsonWith('cluster_id', '"c-7f3a"')), metadataWith());
});

test('reads every value that schema 1 can hold, exactly', () => {
  const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const text = fc.string({ unit: 'binary' });
  const leader = fc.option(fc.string({ unit: 'binary', minLength: 1 }), { nil: undefined });
  const metadata = fc
    .tuple(uint64, uint64, text, text, text, leader)
    .map(([snapshotIndex, snapshotTerm, clusterId, jacoVersion, takenAt, leaderAtSnapshot]) =>
      metadataWith({ clusterId, snapshotIndex, snapshotTerm, jacoVersion, takenAt, leaderAtSnapshot }),
    );
  fc.assert(fc.property(metadata, (one) => assert.equal(parse(metadataJson(one)), one)));
});

test('reads fields in any order, with any white space', () => {
  const text = `\n{ ${[...complete].reverse().map(([key, json]) => `"${key}" :\t${json}`)} }\r\n`;
  assert.equal(parse(text), metadataWith());
});

test('treats a missing or empty leader as unknown', () => {
  for (const leader of [undefined, '""']) {
    assert.is(parse(jsonWith('leader_at_snapshot', leader)).leaderAtSnapshot, undefined);
  }
});

test('ignores unknown fields with any content', () => {
  for (const value of ['1.5', 'null', '{"cluster_id":"other"}', '[[[]]]', '"x"', '1e400', '99999999999999999999999']) {
    assert.equal(parse(jsonWith('taken_by', value)), metadataWith());
  }
});

for (const field of [...texts, ...numbers].filter((one) => one !== 'leader_at_snapshot')) {
  test(`refuses metadata without ${field}, by its name`, () => {
    assert.is(reasonFor(jsonWith(field, undefined)), `${field} is missing.`);
  });
}

for (const field of texts) {
  test(`refuses a ${field} that is no text`, () => {
    for (const value of ['1', 'null', 'true', '[]', '{}']) {
      assert.is(reasonFor(jsonWith(field, value)), `${field} is not a string.`);
    }
  });
}

for (const field of numbers) {
  const largest = field === 'schema_version' ? '2^31-1' : '2^64-1';
  test(`refuses a ${field} that is no whole number up to ${largest}`, () => {
    const tooLarge = field === 'schema_version' ? '2147483648' : '18446744073709551616';
    for (const value of ['1.0', '1.5', '1e0', '-1', '"1"', 'null', 'true', '[1]', tooLarge, '9'.repeat(400)]) {
      assert.is(reasonFor(jsonWith(field, value)), `${field} is not a whole number from 0 to ${largest}.`, value);
    }
  });
}

test('refuses a field that is given two values', () => {
  const twice = jsonWith('taken_at', '"2026-05-25T03:00:00Z","cluster_id":"other"');
  assert.is(reasonFor(twice), 'it gives "cluster_id" twice.');
  assert.is(reasonFor(jsonWith('later', '1,"later":2')), 'it gives "later" twice.');
});

test('cannot be given a terminal sequence to print', () => {
  assert.not.match(reasonFor(jsonWith('\\u001b[2J', '1,"\\u001b[2J":2')), '\u001b');
});

test('does not let __proto__ stand in for fields', () => {
  const hidden = `{"schema_version":1,"__proto__":${jsonWith('cluster_id', '"c"')}}`;
  assert.is(reasonFor(hidden), 'cluster_id is missing.');
  assert.is(reasonFor(`{"__proto__":${jsonWith('cluster_id', '"c"')}}`), 'schema_version is missing.');
});

test('takes names that every object has for unknown fields', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(parse(jsonWith(name, '{"polluted":true}')), metadataWith());
  }
  assert.is(({} as Record<string, unknown>)['polluted'], undefined);
});

test('refuses JSON that is not an object', () => {
  for (const text of ['[]', '"x"', '1', 'null', 'true']) assert.is(reasonFor(text), 'it is not an object.');
});

test('refuses text that is not JSON', () => {
  for (const text of ['', ' ', '{', '{"a":1,}', "{'a':1}", '{"a":1} x', '{}{}', 'NaN', '{"a":01}']) {
    assert.is(reasonFor(text), 'it is not JSON.', text);
  }
});

test('refuses nesting of any depth that would exhaust the stack', () => {
  assert.is(reasonFor('['.repeat(65_536)), 'it is not JSON.');
  assert.is(reasonFor('{"a":'.repeat(13_000)), 'it is not JSON.');
});

test('refuses a byte order mark', () => {
  assert.is(reasonFor(`\ufeff${jsonWith('cluster_id', '"c"')}`), 'it begins with a byte order mark.');
});

test('refuses text that is not UTF-8', () => {
  assert.is(reasonFor(Buffer.from([0x7b, 0xff, 0x7d])), 'it is not UTF-8 text.');
  assert.is(reasonFor(Buffer.from(`\ufeff${jsonWith('cluster_id', '"c"')}`, 'utf16le')), 'it is not UTF-8 text.');
});

for (const [schemaVersion, kind] of [
  [0, 'unknown'],
  [2, 'sealed'],
  [3, 'unknown'],
  [2 ** 31 - 1, 'unknown'],
] as const) {
  test(`recognises schema ${schemaVersion} by its number, with any other content`, () => {
    const text = `{"schema_version":${schemaVersion},"cluster_id":["c"],"snapshot_index":-5,"taken_at":"","key":{"id":"k1"}}`;
    assert.equal(parse(text), {
      kind,
      schemaVersion,
      clusterId: undefined,
      snapshotIndex: undefined,
      snapshotTerm: undefined,
      jacoVersion: undefined,
      takenAt: undefined,
      leaderAtSnapshot: undefined,
      ...(kind === 'sealed' ? { unknownField: 'key' } : {}),
    });
  });
}

test('treats a number beyond uint64 in a newer schema as missing', () => {
  const text = '{"schema_version":3,"snapshot_index":18446744073709551616,"snapshot_term":18446744073709551615}';
  const { snapshotIndex, snapshotTerm } = parse(text);
  assert.is(snapshotIndex, undefined);
  assert.is(snapshotTerm, 2n ** 64n - 1n);
});

test('takes from a newer schema the fields in the known form', () => {
  const sealed = inSchema({ schemaVersion: 2, snapshotIndex: 2n ** 64n - 1n });
  assert.equal(parse(metadataJson(sealed)), sealed);
});

test('either reads or refuses any bytes at all', () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from));
  fc.assert(
    fc.property(bytes, (one) => {
      try {
        parseArchiveMetadata(one);
      } catch (error) {
        assert.ok(isJacoError(error, 'archive_rejected'), String(error));
      }
    }),
  );
});

test.run();
