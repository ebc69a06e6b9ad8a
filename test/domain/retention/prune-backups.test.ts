import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { giveParameter } from '../../../src/domain/remedy.js';
import { type PruneRequest, pruneBackups } from '../../../src/domain/retention/prune-backups.js';
import { warnOfLeftFiles } from '../../../src/domain/retention/retention-warnings.js';
import { locationWord } from '../../../src/domain/values/archive-location.js';
import { warningOf } from '../../../src/domain/warning.js';
import { fileAt } from '../../builders/locations.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { inSchema, type MetadataChanges, metadataWith } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, type InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { failureOf, rejectionOf } from '../refusal.js';

const test = suite('pruneBackups');
const never = new AbortController().signal;
const takenOn = (day: number) => ({ takenAt: `2026-05-${String(day).padStart(2, '0')}T03:00:00Z` });

/** Backups of 20 to 25 May, the last of them just written. */
function stage() {
  const files = new Map<string, InMemoryFile>();
  const put = (name: string, changes: MetadataChanges = {}, state?: Uint8Array) => {
    const metadata = inSchema(changes);
    const bytes = encodeInMemoryArchive(metadata, state ?? snapshotOf(metadata.clusterId ?? ''));
    files.set(`/b/${name}`, { bytes, mode: 0o600 });
  };
  for (const day of [20, 21, 22, 23, 24, 25]) put(`c-${day}`, takenOn(day));
  const store = createInMemoryBackupStore(files);
  const ports = { archives: createInMemoryArchiveReader(), store };
  const prune = (changes: Partial<PruneRequest> = {}, signal = never) =>
    pruneBackups(ports, { ...asked, ...changes }, signal);
  const names = () => [...files.keys()].map((path) => path.slice(3)).filter((name) => !name.startsWith('.'));
  return { files, put, ...ports, prune, names };
}

const asked: PruneRequest = {
  ...{ written: fileAt('/b/c-25'), metadata: metadataWith(takenOn(25)), encrypted: false },
  belongs: (name) => name.startsWith('c-'),
  rule: { keep: 3, keepWithinMs: undefined },
  nowMs: Date.UTC(2026, 4, 25, 3),
};

test('deletes what no rule keeps, oldest first, and reports it', async () => {
  const { prune, names } = stage();
  const { judged, ...outcome } = await prune();
  assert.equal(outcome, {
    deleted: ['/b/c-20', '/b/c-21', '/b/c-22'].map(fileAt),
    failed: [],
    unfinished: [],
    left: [],
    failure: undefined,
  });
  assert.equal(
    judged.map(({ reason }) => reason),
    ['number', 'number', 'expired', 'expired', 'expired'],
  );
  assert.equal(names(), ['c-23', 'c-24', 'c-25']);
});

test('keeps by age', async () => {
  const { prune, names } = stage();
  await prune({ rule: { keep: undefined, keepWithinMs: 4 * 86_400_000 } });
  assert.equal(names(), ['c-21', 'c-22', 'c-23', 'c-24', 'c-25']);
});

test('deletes nothing that is called otherwise', async () => {
  const { prune, put, names } = stage();
  put('d-01', takenOn(1));
  await prune();
  assert.ok(names().includes('d-01'));
});

for (const [what, spoil, reason] of [
  [
    'a backup of another cluster',
    ({ put }) => put('c-01', { ...takenOn(1), clusterId: 'c-other' }),
    'of_another_cluster',
  ],
  [
    'a damaged backup',
    ({ files }) => void files.set('/b/c-01', { bytes: cutShort(files), mode: 0o600 }),
    'not_a_backup',
  ],
  [
    'a file that is something else',
    ({ files }) => void files.set('/b/c-01', { bytes: Buffer.from('x\n'), mode: 0o600 }),
    'not_a_backup',
  ],
  ['a state that no daemon could load', ({ put }) => put('c-01', takenOn(1), Buffer.from('noise')), 'not_a_backup'],
  [
    'one whose state is of another cluster',
    ({ put }) => put('c-01', takenOn(1), snapshotOf('c-other')),
    'not_a_backup',
  ],
  [
    'one that no daemon could have named',
    ({ put }) => put('c-01', { ...takenOn(1), snapshotIndex: 0n }),
    'not_a_backup',
  ],
  [
    'one of a later schema that does not say when',
    ({ put }) => put('c-01', { schemaVersion: 2, takenAt: undefined }),
    'not_a_backup',
  ],
  [
    'one of a later schema that does not say of which cluster',
    ({ put }) => put('c-01', { ...takenOn(1), schemaVersion: 2, clusterId: undefined }),
    'not_a_backup',
  ],
] as const satisfies readonly (readonly [string, (on: ReturnType<typeof stage>) => void, string])[]) {
  test(`neither deletes nor counts ${what}`, async () => {
    const staged = stage();
    spoil(staged);
    const { deleted, left } = await staged.prune({ rule: { keep: 5, keepWithinMs: undefined } });
    assert.equal(deleted, [fileAt('/b/c-20')]);
    assert.equal(
      left.map((file) => [file.location, file.reason]),
      [[fileAt('/b/c-01'), reason]],
    );
  });
}

test('counts backups of a later schema, which can be taken and not read', async () => {
  const { prune, put } = stage();
  put('c-01', { ...takenOn(1), schemaVersion: 2, snapshotTerm: 0n }, Buffer.from('an encrypted envelope'));
  assert.equal((await prune()).deleted[0], fileAt('/b/c-01'));
});

test('leaves all others alone where the one just written does not say of which cluster it is', async () => {
  const { prune, put } = stage();
  put('c-01', { ...takenOn(1), schemaVersion: 2, clusterId: undefined });
  const { deleted, left } = await prune({ metadata: inSchema({ schemaVersion: 2, clusterId: undefined }) });
  assert.equal(deleted, []);
  assert.is(left.length, 6);
  assert.is(left[0]?.finding, 'it does not say of which cluster it is');
});

test('counts a backup of a later schema that does not say where it stands', async () => {
  const { prune, put } = stage();
  put('c-01', { ...takenOn(1), schemaVersion: 2, snapshotIndex: undefined });
  assert.equal((await prune()).deleted[0], fileAt('/b/c-01'));
});

test('leaves encrypted files alone where nothing opens them', async () => {
  const { archives, store } = stage();
  const open: typeof store.open = async (location, ...rest) => {
    if (locationWord(location) < '/b/c-24') throw new JacoError('identity_missing', 'the archive is encrypted.');
    return store.open(location, ...rest);
  };
  const { deleted, left } = await pruneBackups({ archives, store: { ...store, open } }, asked, never);
  assert.equal(deleted, []);
  assert.equal(warnOfLeftFiles(left), [
    warningOf(
      '4 encrypted files were left alone: without their identities they cannot be recognised as backups of this cluster',
      giveParameter('identityFile'),
    ),
  ]);
});

test('says for each other file what is wrong with it', async () => {
  const { prune, put, files } = stage();
  put('c-01', { clusterId: 'c-other' });
  files.set('/b/c-02', { bytes: new Uint8Array(0), mode: 0o600 });
  assert.equal(warnOfLeftFiles((await prune()).left), [
    warningOf('/b/c-01 was left alone: it is a backup of another cluster'),
    warningOf('/b/c-02 was left alone: the archive is not usable: it is cut short.'),
  ]);
});

test('reports what could not be deleted, and keeps it', async () => {
  const { prune, store, names } = stage();
  store.broken = true;
  const { deleted, failure } = await prune();
  assert.equal(deleted, []);
  assert.is(failure?.code, 'storage_failed');
  assert.is(names().length, 6);
});

test('does not claim deletions by another process', async () => {
  const { prune, store } = stage();
  const { remove } = store;
  store.remove = async (file, signal) => (file.name === 'c-21' ? false : remove(file, signal));
  assert.equal((await prune()).deleted, ['/b/c-20', '/b/c-22'].map(fileAt));
});

test('reports what was deleted before it was interrupted, and deletes no more', async () => {
  const { prune, store, names } = stage();
  const interruption = new AbortController();
  const { remove } = store;
  store.remove = async (file, signal) => {
    const removed = await remove(file, signal);
    interruption.abort();
    return removed;
  };
  const { deleted, failure } = await prune({}, interruption.signal);
  assert.equal(deleted, [fileAt('/b/c-20')]);
  assert.is(failure?.code, 'interrupted');
  assert.is(names().length, 5);
});

test('rethrows an unexpected error, and deletes nothing', async () => {
  const { archives, store, names } = stage();
  const bug = new Error('a bug');
  const open: typeof store.open = async (location, ...rest) => {
    if (locationWord(location) === '/b/c-24') throw bug;
    return store.open(location, ...rest);
  };
  assert.is(await failureOf(pruneBackups({ archives, store: { ...store, open } }, asked, never)), bug);
  assert.is(names().length, 6);
});

test('counts the one just written as the newest where it does not say when it was taken', async () => {
  const { prune } = stage();
  const metadata = inSchema({ schemaVersion: 2, takenAt: undefined });
  assert.equal((await prune({ metadata, rule: { keep: 5, keepWithinMs: undefined } })).deleted, [fileAt('/b/c-20')]);
});

test('keeps the newest where a clock that was set back made the one just written older', async () => {
  const { prune, names } = stage();
  await prune({
    metadata: metadataWith(takenOn(24)),
    rule: { keep: 1, keepWithinMs: undefined },
    written: fileAt('/b/c-24'),
  });
  assert.equal(names(), ['c-24', 'c-25']);
});

test('deletes nothing once it is interrupted', async () => {
  const { prune, names } = stage();
  await rejectionOf('interrupted', prune({}, AbortSignal.abort()));
  assert.is(names().length, 6);
});

function cutShort(files: ReadonlyMap<string, InMemoryFile>): Uint8Array {
  return (files.get('/b/c-20') as InMemoryFile).bytes.subarray(0, -1);
}

test('takes the backup that was just written for the newest where it does not say when it was taken', async () => {
  const { prune, names } = stage();
  await prune({
    metadata: inSchema({ schemaVersion: 2, takenAt: undefined }),
    rule: { keep: 1, keepWithinMs: undefined },
  });
  assert.equal(names(), ['c-25']);
});

test.run();
