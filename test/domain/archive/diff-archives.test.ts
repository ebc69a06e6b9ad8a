import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../../src/adapters/host/sha256-digest.js';
import { diffArchives } from '../../../src/domain/archive/diff-archives.js';
import { warningOf } from '../../../src/domain/warning.js';
import { fileAt } from '../../builders/locations.js';
import { inSchema, type MetadataChanges } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, type InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { metadata } from '../builders.js';
import { rejectionOf } from '../refusal.js';
import { clusterRecord, field, fixedField, numberField } from '../state/state-encoder.js';

const test = suite('diffArchives');

/** One of the two archives. */
interface Archive {
  readonly records?: readonly Uint8Array[];
  readonly metadata?: MetadataChanges;
}

const wish = { oldArchive: fileAt('/old'), newArchive: fileAt('/new') };

function portsOver(files: Map<string, InMemoryFile>) {
  return {
    store: createInMemoryBackupStore(files),
    archives: createInMemoryArchiveReader(),
    digest: sha256Digest,
    salt: Buffer.alloc(16, 's'),
  };
}

const cluster = (id = 'c-1', key = 'KEY') => clusterRecord(field(1, id), field(3, key));

function fileOf({ records = [], metadata: changes = {} }: Archive): InMemoryFile {
  const state = Buffer.concat([cluster(changes.clusterId), ...records]);
  return { bytes: encodeInMemoryArchive(inSchema(changes, metadata()), state), mode: 0o600 };
}

function diff(before: Archive, after: Archive, signal = new AbortController().signal) {
  const files = new Map([
    ['/old', fileOf(before)],
    ['/new', fileOf(after)],
  ]);
  return diffArchives(portsOver(files), wish, signal);
}

/** What changed between two lists of records, by kind; omits unchanged kinds. */
async function changes(before: readonly Uint8Array[], after: readonly Uint8Array[]) {
  const { kinds } = await diff({ records: before }, { records: after });
  return kinds
    .filter(({ added, removed, changed }) => added + removed + changed > 0)
    .map(({ kind, added, removed, changed, names }) => ({
      kind: kind.name,
      added,
      removed,
      changed,
      names: names === undefined ? undefined : [...names.added, '|', ...names.removed, '|', ...names.changed].join(' '),
    }));
}

const named = (kind: number, name: string, ...more: readonly Uint8Array[]) =>
  field(kind, Buffer.concat([field(1, name), ...more]));
const node = (name: string, ...more: readonly Uint8Array[]) => named(2, name, ...more);
const deployment = (name: string, ...more: readonly Uint8Array[]) => named(3, name, ...more);
const token = (name: string, ...more: readonly Uint8Array[]) => named(9, name, ...more);

test('finds no difference between a backup and itself', async () => {
  const records = [node('n'), deployment('web'), token('op'), field(15, 'event'), field(15, 'event')];
  assert.equal(await changes(records, records), []);
});

for (const [kind, make] of [
  ['nodes', node],
  ['deployments', deployment],
  ['tokens', token],
] as const) {
  test(`names the ${kind} that were added, removed and changed, in order`, async () => {
    const before = [make('gone-2'), make('gone-1'), make('gone-3'), make('same'), make('other', field(3, 'a'))];
    const after = [make('other', field(3, 'b')), make('same'), make('new-2'), make('new-3'), make('new-1')];
    const names = 'new-1 new-2 new-3 | gone-1 gone-2 gone-3 | other';
    assert.equal(await changes(before, after), [{ kind, added: 3, removed: 3, changed: 1, names }]);
  });
}

test('counts the other records that came and went, copies of one included', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((content) => field(15, content)) as [Uint8Array, Uint8Array, Uint8Array];
  const found = await changes([a, a, a, b], [c, b, a, c, c]);
  assert.equal(found, [{ kind: 'audit events', added: 3, removed: 2, changed: 0, names: undefined }]);
});

test('counts what each of the two holds', async () => {
  const { kinds } = await diff({ records: [node('a'), node('b')] }, { records: [node('a'), field(15, 'event')] });
  const counts = kinds.map(({ kind, oldCount, newCount }) => [kind.name, oldCount, newCount]);
  assert.equal(
    counts.filter(([, old, now]) => old !== 0 || now !== 0),
    [
      ['cluster', 1, 1],
      ['nodes', 2, 1],
      ['audit events', 0, 1],
    ],
  );
});

test('describes each of the two archives', async () => {
  const after = { records: [node('a')], metadata: { snapshotIndex: 2000n } };
  const difference = await diff({}, after);
  assert.equal([difference.old.archive, difference.new.archive], [wish.oldArchive, wish.newArchive]);
  assert.is(difference.new.metadata.snapshotIndex, 2000n);
  assert.is(difference.new.snapshotSizeBytes, cluster().length + node('a').length);
  assert.is(difference.new.sizeBytes, fileOf(after).bytes.length);
});

test('does not take the order of records for a difference', async () => {
  const records = [node('a'), node('b'), field(6, 'route 1'), field(6, 'route 2')];
  assert.equal(await changes(records, [...records].reverse()), []);
});

test('does not take the load that a node reports for a change', async () => {
  const load = (value: string) => [fixedField(9, 8), fixedField(10, 8), field(11, value)];
  assert.equal(await changes([node('n', ...load('12:00'))], [node('n', ...load('12:05'), fixedField(9, 8))]), []);
  for (const fleeting of [9, 10, 11]) {
    assert.equal(await changes([node('n', field(fleeting, 'a'))], [node('n', field(fleeting, 'b'))]), []);
    assert.equal(await changes([node('n', numberField(fleeting, 1))], [node('n', numberField(fleeting, 2))]), []);
  }
});

for (const [what, before, after] of [
  ['a text', field(2, '10.0.0.1:7001'), field(2, '10.0.0.2:7001')],
  ['a number', numberField(5, 2), numberField(5, 3)],
  ['the place of a text', field(2, 'x'), field(3, 'x')],
  ['whether there are two texts or one that looks like it', [field(3, 'a'), field(4, 'c')], field(3, 'a4 2 c')],
  ['where one text ends and the next begins', [field(3, 'ab'), field(4, 'c')], [field(3, 'a'), field(4, 'bc')]],
  ['what a record that is cut short ends in', Buffer.from([0x12]), Buffer.from([0x1a])],
  ['what follows after the record has become malformed', Buffer.from([0x0f]), Buffer.from([0x0f, 0x0f])],
] as const) {
  test(`takes ${what} of a node for a change`, async () => {
    const found = await changes([node('n', ...[before].flat())], [node('n', ...[after].flat())]);
    assert.equal(
      found.map(({ kind, changed }) => [kind, changed]),
      [['nodes', 1]],
    );
  });
}

test('keeps records apart that have no name, or the same one', async () => {
  assert.equal((await changes([deployment('')], [deployment('', field(2, 'x'))]))[0]?.names, '| | ');
  const twice = [deployment('web', field(2, 'x')), deployment('web', field(2, 'y'))];
  assert.is((await changes(twice, twice)).length, 0);
  assert.is((await changes(twice, twice.slice(1)))[0]?.names, '| | web');
  assert.is((await changes(twice, [deployment('web', field(2, 'z')), ...twice.slice(1)]))[0]?.names, '| | web');
});

test('compares names as it shows them: bytes that are no text are all the same', async () => {
  const called = (...bytes: readonly number[]) => field(3, field(1, Buffer.from([0x61, ...bytes])));
  assert.is((await changes([called(0xff)], [called(0xfe)]))[0]?.names, '| | a\ufffd');
  assert.is((await changes([called(0xc3, 0xa9)], [called(0xff)]))[0]?.names, 'a\ufffd | aé |');
});

test('sees a change in the record of the cluster', async () => {
  const files = new Map([
    ['/old', { bytes: encodeInMemoryArchive(metadata(), cluster('c-1', 'KEY 1')), mode: 0o600 }],
    ['/new', { bytes: encodeInMemoryArchive(metadata(), cluster('c-1', 'KEY 2')), mode: 0o600 }],
  ]);
  const ports = portsOver(files);
  const { kinds } = await diffArchives(ports, wish, new AbortController().signal);
  assert.is(kinds[0]?.added, 1);
  assert.is(kinds[0]?.removed, 1);
});

test('sees what a newer daemon added, including numbers, and keeps its fields apart', async () => {
  const found = await changes([field(19, 'x'), numberField(21, 7)], [field(20, 'x'), numberField(21, 8)]);
  assert.equal(found, [{ kind: 'other', added: 2, removed: 2, changed: 0, names: undefined }]);
});

test('keeps fields apart whose numbers agree in their last eight, sixteen or twenty-four bits', async () => {
  for (const bits of [8, 16, 24]) {
    assert.is((await changes([field(19, 'x')], [field(19 + 2 ** bits, 'x')]))[0]?.kind, 'other', `${bits} bits`);
  }
});

test('sees a change in a record that is larger than any that is kept', async () => {
  const large = (end: string) => deployment('web', field(7, `${'x'.repeat(2 * 1024 ** 2)}${end}`));
  assert.is((await changes([large('a')], [large('b')]))[0]?.names, '| | web');
});

test('says when the archives are of different clusters', async () => {
  const difference = await diff({}, { metadata: { clusterId: 'c-2' } });
  assert.is(difference.sameCluster, false);
  assert.equal(difference.warnings, [warningOf('the two archives are of different clusters')]);
});

test('compares across an upgrade, and warns of what could not be restored', async () => {
  const { warnings } = await diff({}, { metadata: { jacoVersion: 'v1.0.0' } });
  assert.is(warnings.length, 1);
  assert.match(warnings[0]?.sentence ?? '', /^\/new could not be restored here: .*major versions differ/);
});

for (const [what, archive, code] of [
  ['a schema that cannot be read', { metadata: { schemaVersion: 2 } }, 'schema_unsupported'],
  ['metadata that no daemon writes', { metadata: { takenAt: 'yesterday' } }, 'archive_rejected'],
  ['a malformed state', { records: [numberField(3, 1)], metadata: { jacoVersion: 'v9.0.0' } }, 'snapshot_rejected'],
] as const) {
  test(`refuses an archive with ${what}, and says which of the two it is`, async () => {
    assert.match((await rejectionOf(code, diff(archive, {}))).message, /^\/old: /);
    assert.match((await rejectionOf(code, diff({}, archive))).message, /^\/new: /);
  });
}

test('names the archive that a restore would refuse, and keeps the remedy', async () => {
  const refusal = await rejectionOf('archive_rejected', diff({}, { metadata: { jacoVersion: 'a\nb' } }));
  assert.ok(refusal.message.startsWith('/new: meta.json is not what a daemon writes'), refusal.message);
  assert.match(JSON.stringify(refusal.remedies), '"Use another archive."');
});

test('stops when it is interrupted, and blames no archive', async () => {
  const refusal = await rejectionOf('interrupted', diff({}, {}, AbortSignal.abort()));
  assert.not.match(refusal.message, '/old');
});

test.run();
