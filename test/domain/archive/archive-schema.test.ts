import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requireReadable, requireRestorable, schemaOf } from '../../../src/domain/archive/archive-schema.js';
import { advice, giveParameter } from '../../../src/domain/remedy.js';
import { collect, failingAfter, streamOf } from '../../builders/byte-streams.js';
import { thrownBy } from '../../builders/outcome.js';
import { metadata, schema } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('the schema of an archive');

test('1 opens the state as it is, byte for byte', async () => {
  const plain = requireReadable(schema());
  assert.equal(await collect(plain.openState(streamOf('JACOENC', '\x01', ''))), Buffer.from('JACOENC\x01'));
});

test('1 rethrows what the snapshot throws', async () => {
  const failure = new Error('disk');
  const plain = requireReadable(schema());
  assert.is(await thrownBy(collect(plain.openState(failingAfter(failure, Buffer.from('state'))))), failure);
});

test('1 returns metadata that keep its rules', () => {
  const given = metadata();
  assert.is(
    requireReadable(schemaOf({ metadata: given, metadataBytes: new Uint8Array(0) }, undefined)).checkMetadata(),
    given,
  );
  assert.is(requireRestorable(schemaOf({ metadata: given, metadataBytes: new Uint8Array(0) }, undefined)), given);
});

test('1 refuses metadata that break its rules', () => {
  refusalOf('archive_rejected', () => requireReadable(schema({ clusterId: '' })).checkMetadata());
  refusalOf('snapshot_rejected', () => requireRestorable(schema({ snapshotTerm: 0n })));
});

test('1 can be read, but not restored, if raft could not continue after the snapshot', () => {
  const last = schema({ snapshotIndex: 2n ** 64n - 1n });
  assert.not.throws(() => requireReadable(last).checkMetadata());
  refusalOf('snapshot_rejected', () => requireRestorable(last));
});

test('1 puts nothing over a raft store', async () => {
  const { seal } = requireReadable(schema());
  const name = { id: '7-1000-1', index: 1000n, term: 7n, configurationIndex: 1n, servers: [] };
  assert.is(String(await collect(seal.sealState(streamOf('one ', 'two'), name))), 'one two');
  const [data, extensions] = [Buffer.from('command'), Buffer.from('more')];
  assert.equal(seal.sealEntry({ index: 1001n, term: 7n, type: 'command', data, extensions }), { data, extensions });
  assert.is(seal.stableValues().size, 0);
});

test('2 is closed without the keyring of its cluster', () => {
  const sealed = schema({ schemaVersion: 2 });
  assert.is(sealed.kind, 'closed');
  for (const need of [requireReadable, requireRestorable]) {
    const refusal = refusalOf('schema_unsupported', () => need(sealed));
    assert.match(
      refusal.message,
      'schema 2: its state is sealed under the keyring of its cluster, and no keyring is at hand.',
    );
    assert.equal(refusal.remedies, [giveParameter('keyFile')]);
  }
});

for (const schemaVersion of [0, 3, 2 ** 31 - 1]) {
  test(`${schemaVersion} is closed, and named`, () => {
    const refusal = refusalOf('schema_unsupported', () => requireReadable(schema({ schemaVersion })));
    assert.match(refusal.message, `has schema ${schemaVersion}; this version restores schemas 1 and 2`);
    assert.equal(refusal.remedies, [advice('Restore it with the jaco of the release that took it.')]);
  });
}

test.run();
