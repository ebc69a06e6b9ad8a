import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type InspectionWish, inspectArchive } from '../../../src/domain/archive/inspect-archive.js';
import { fileAt } from '../../builders/locations.js';
import { inSchema, type MetadataChanges } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, type InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { createManualClock } from '../../fakes/manual-clock.js';
import { metadata } from '../builders.js';
import { rejectionOf } from '../refusal.js';
import { clusterRecord, field, numberField, stateOf } from '../state/state-encoder.js';

const test = suite('inspectArchive');

interface Setting {
  readonly state?: Uint8Array;
  readonly metadata?: MetadataChanges;
  readonly wish?: Partial<InspectionWish>;
  readonly signal?: AbortSignal;
  /** What becomes of the archive before it is read. */
  readonly damage?: (archive: Uint8Array) => Uint8Array;
}

function inspect({ state = stateOf('c-1'), damage = (archive) => archive, ...setting }: Setting = {}) {
  const bytes = damage(encodeInMemoryArchive(inSchema(setting.metadata ?? {}, metadata()), state));
  const files = new Map<string, InMemoryFile>([['/cluster', { bytes, mode: 0o600 }]]);
  return inspectArchive(
    {
      store: createInMemoryBackupStore(files),
      archives: createInMemoryArchiveReader(),
      clock: createManualClock(Date.UTC(2026, 4, 26, 10)),
    },
    { archive: fileAt('/cluster'), daemonVersion: undefined, list: undefined, ...setting.wish },
    setting.signal ?? new AbortController().signal,
  );
}

const cluster = clusterRecord(field(1, 'c-1'));
const named = (name: string) => Buffer.concat([field(1, name), field(7, 'x'.repeat(100))]);

/** Why a restore would refuse what was inspected. */
async function refusal(setting: Setting): Promise<string> {
  const { verdict } = await inspect(setting);
  return verdict.kind === 'refused' ? verdict.refusal.code : 'accepted';
}

test('counts the records of each kind and their sizes', async () => {
  const state = Buffer.concat([cluster, field(2, 'a'), field(15, 'event'), field(15, 'event'), field(18, 'pw')]);
  const { kinds } = await inspect({ state });
  const present = kinds?.filter(({ count }) => count > 0).map(({ kind, count, bytes }) => [kind.name, count, bytes]);
  assert.equal(present, [
    ['cluster', 1, cluster.length],
    ['nodes', 1, 3],
    ['audit events', 2, 14],
    ['registry credentials', 1, 5],
  ]);
});

test('counts what a newer daemon added, and misses no byte of the snapshot', async () => {
  const state = Buffer.concat([cluster, field(19, 'new'), numberField(500, 2n ** 60n), field(3, 'x'.repeat(200))]);
  const { kinds, snapshotSizeBytes } = await inspect({ state });
  assert.equal(kinds?.at(-1), { kind: { field: 0, name: 'other' }, count: 2, bytes: 6 + 11 });
  assert.is(
    kinds?.reduce((sum, { bytes }) => sum + bytes, 0),
    snapshotSizeBytes,
  );
});

test('describes the file, and reports the age of the backup', async () => {
  const inspection = await inspect();
  assert.match(inspection.file.sha256 ?? '', /^[0-9a-f]{64}$/);
  assert.is(inspection.ageMs, 24 * 3_600_000);
});

for (const [list, names] of [
  ['nodes', ['node-2', 'node-1']],
  ['deployments', ['web', '', 'big']],
] as const) {
  test(`lists ${list} in their order when they are asked for`, async () => {
    const state = Buffer.concat([
      ...[
        cluster,
        field(2, named('node-2')),
        field(3, named('web')),
        field(3, 'no message'),
        field(2, named('node-1')),
      ],
      field(3, Buffer.concat([field(7, new Uint8Array(2 * 1024 ** 2)), field(1, 'big')])),
    ]);
    assert.equal((await inspect({ state, wish: { list } })).names, names);
  });
}

test('counts the same whether names are asked for or not', async () => {
  const state = Buffer.concat([cluster, field(3, named('web')), field(15, 'event')]);
  assert.equal((await inspect({ state, wish: { list: 'deployments' } })).kinds, (await inspect({ state })).kinds);
});

test('reports no age if the metadata have no time', async () => {
  assert.is((await inspect({ metadata: { takenAt: 'yesterday' } })).ageMs, undefined);
});

test('keeps no names unless they are asked for', async () => {
  assert.equal((await inspect()).names, []);
});

test('accepts what a restore would, for the requested daemon', async () => {
  const { verdict } = await inspect({ wish: { daemonVersion: 'v0.9.0' } });
  assert.equal(verdict, {
    kind: 'accepted',
    daemonVersion: { text: 'v0.9.0', source: 'given' },
    compatibility: { kind: 'compatible', rule: 'same major version (0)' },
  });
});

for (const [what, setting, code] of [
  ['of a newer schema', { metadata: { schemaVersion: 2 } }, 'schema_unsupported'],
  ['with metadata that no daemon writes', { metadata: { takenAt: 'yesterday' } }, 'archive_rejected'],
  ['of no snapshot', { metadata: { snapshotIndex: 0n } }, 'snapshot_rejected'],
  ['of another major version', { metadata: { jacoVersion: 'v2.0.0' } }, 'version_incompatible'],
  ['for a daemon of another major version', { wish: { daemonVersion: 'v1.0.0' } }, 'version_incompatible'],
  ['for a daemon whose version is none', { wish: { daemonVersion: 'latest' } }, 'version_incompatible'],
  ['with the state of another cluster', { state: stateOf('c-2') }, 'snapshot_rejected'],
  ['with a malformed state', { state: stateOf('c-1').subarray(0, -1) }, 'snapshot_rejected'],
  [
    'with a malformed state and another version',
    { state: stateOf('c-2'), metadata: { jacoVersion: 'v2.0.0' } },
    'snapshot_rejected',
  ],
] as const) {
  test(`says that a restore would refuse an archive ${what}`, async () => {
    assert.is(await refusal(setting), code);
  });
}

test('still shows the metadata of a schema whose state cannot be read', async () => {
  const inspection = await inspect({ metadata: { schemaVersion: 2 }, state: Buffer.from('sealed') });
  assert.is(inspection.metadata.clusterId, 'c-1');
  assert.is(inspection.snapshotSizeBytes, 6);
  assert.is(inspection.kinds, undefined);
});

test('shows no age, and invents nothing, for such a schema without these facts', async () => {
  const { metadata, ageMs } = await inspect({
    metadata: { schemaVersion: 3, takenAt: undefined, snapshotIndex: undefined },
  });
  assert.is(ageMs, undefined);
  assert.is(metadata.takenAt, undefined);
  assert.is(metadata.snapshotIndex, undefined);
});

test('does not read the state of such a schema, in any form', async () => {
  const { kinds, names } = await inspect({ metadata: { schemaVersion: 2 }, wish: { list: 'nodes' } });
  assert.is(kinds, undefined);
  assert.equal(names, []);
});

test('counts nothing of a malformed state', async () => {
  const state = Buffer.concat([field(2, named('node-1')), Buffer.from([0xff])]);
  const { kinds, names } = await inspect({ state, wish: { list: 'nodes' } });
  assert.is(kinds, undefined);
  assert.equal(names, []);
});

test('refuses a damaged archive', async () => {
  const damage = (archive: Uint8Array) => archive.with(archive.length - 40, 0xaa);
  await rejectionOf('archive_rejected', inspect({ damage }));
});

test('stops when it is interrupted', async () => {
  await rejectionOf('interrupted', inspect({ signal: AbortSignal.abort() }));
});

test.run();
