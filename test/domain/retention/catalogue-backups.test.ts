// Longer than 250 lines: one stage with files, memory and readings, for everything that a catalogue promises.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { catalogueBackups } from '../../../src/domain/retention/catalogue-backups.js';
import { seriesOf } from '../../../src/domain/retention/cluster-series.js';
import { prunePlace } from '../../../src/domain/retention/prune-backups.js';
import { warnOfOddTimes } from '../../../src/domain/retention/retention-warnings.js';
import { fileAt } from '../../builders/locations.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { inSchema, type MetadataChanges } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, type InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { failureOf, rejectionOf } from '../refusal.js';

const test = suite('catalogueBackups');
const never = new AbortController().signal;
const memoryPath = '/b/.jaco-verified.json';
const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 4, 25, 3);

/** Backups of 20 to 24 May, and how often one was opened. */
function stage() {
  const files = new Map<string, InMemoryFile>();
  const put = (name: string, day: number, changes: MetadataChanges = {}) => {
    const metadata = inSchema({
      takenAt: `2026-05-${String(day).padStart(2, '0')}T03:00:00Z`,
      snapshotIndex: BigInt(day),
      snapshotTerm: 2n,
      ...changes,
    });
    files.set(`/b/${name}`, {
      bytes: encodeInMemoryArchive(metadata, snapshotOf(metadata.clusterId ?? '')),
      mode: 0o600,
    });
  };
  for (const day of [20, 21, 22, 23, 24]) put(`c-${day}`, day);
  const store = createInMemoryBackupStore(files);
  const opened: string[] = [];
  const { open } = store;
  store.open = (location, ...rest) => {
    if ('path' in location && location.path !== memoryPath) opened.push(location.path);
    return open(location, ...rest);
  };
  const ports = { store, archives: createInMemoryArchiveReader() };
  const place = fileAt(memoryPath);
  const belongs = (name: string) => name.startsWith('c-');
  const catalogue = (signal = never, withKinds = false) =>
    catalogueBackups(ports, { place, belongs, nowMs, withKinds }, signal);
  const prune = (rule: { keep?: number; keepDaily?: number }, dryRun = false, ofSeries = true) =>
    prunePlace(
      ports,
      { place, belongs, ofSeries, rule: { keep: undefined, keepWithinMs: undefined, ...rule }, nowMs, dryRun },
      never,
    );
  const memory = () => Buffer.from((files.get(memoryPath) as InMemoryFile).bytes).toString();
  const setMemory = (text: string) => void files.set(memoryPath, { bytes: Buffer.from(text), mode: 0o600 });
  return { files, put, store, ports, opened, catalogue, prune, memory, setMemory };
}

test('reads each file once, and remembers what it was', async () => {
  const { catalogue, opened } = stage();
  const first = await catalogue();
  assert.is(opened.length, 5);
  const again = await catalogue();
  assert.is(opened.length, 5);
  assert.equal(again, first);
  assert.equal(
    again.backups.map(({ file, snapshotIndex }) => [file.name, snapshotIndex]),
    [20n, 21n, 22n, 23n, 24n].map((index) => [`c-${index}`, index]),
  );
});

test('measures the kinds of a state, and remembers them', async () => {
  const { catalogue, opened, memory } = stage();
  for (const _ of [1, 2]) {
    const { backups } = await catalogue(never, true);
    assert.equal(Object.keys(backups[0]?.kinds ?? {}), ['cluster']);
  }
  assert.is(opened.length, 5);
  assert.match(memory(), '"kinds"');
});

test('reads a file again for its kinds where an older version has not remembered them, and only for these', async () => {
  const { catalogue, opened, memory, setMemory } = stage();
  await catalogue();
  for (const kinds of [undefined, 7, null, { nodes: 'many' }]) {
    const { backups: remembered, ...rest } = JSON.parse(memory());
    setMemory(JSON.stringify({ ...rest, backups: remembered.map((each: object) => ({ ...each, kinds })) }));
    opened.length = 0;
    const { backups } = await catalogue();
    assert.equal([opened.length, backups[0]?.kinds], [0, undefined]);
    assert.ok((await catalogue(never, true)).backups[0]?.kinds);
    assert.is(opened.length, 5);
  }
});

test('keeps what was remembered of an encrypted backup whose kinds cannot be measured, and not of a damaged one', async () => {
  const { catalogue, memory, setMemory, store } = stage();
  await catalogue();
  const document = JSON.parse(memory());
  setMemory(
    JSON.stringify({ ...document, backups: document.backups.map(({ kinds: _, ...each }: { kinds: object }) => each) }),
  );
  const { open } = store;
  store.open = async (location, ...rest) => {
    const path = 'path' in location ? location.path : '';
    if (path === '/b/c-20') throw new JacoError('identity_missing', 'it is encrypted.');
    if (path === '/b/c-21') throw new JacoError('archive_rejected', 'it is damaged.');
    return open(location, ...rest);
  };
  const { backups, left } = await catalogue(never, true);
  const found = backups.find(({ file }) => file.name === 'c-20');
  assert.equal([found?.kinds, found?.encrypted], [undefined, true]);
  assert.equal([backups.length, left.map(({ reason }) => reason)], [4, ['not_a_backup']]);
});

test('remembers whether a backup was encrypted, which earlier versions did not', async () => {
  const { catalogue, store, memory, setMemory } = stage();
  const { open } = store;
  store.open = async (location, ...rest) => {
    const opened = await open(location, ...rest);
    const encrypted = 'path' in location && location.path === '/b/c-21';
    return { ...opened, facts: () => ({ ...opened.facts(), encrypted }) };
  };
  for (const _ of ['read', 'remembered']) {
    const { backups } = await catalogue();
    assert.equal(
      backups.map(({ encrypted }) => encrypted),
      [false, true, false, false, false],
    );
  }
  setMemory(memory().replaceAll('"encrypted"', '"unknown"'));
  assert.is((await catalogue()).backups[1]?.encrypted, undefined);
});

test('reads a sealed backup no second time for kinds that stay closed', async () => {
  const { catalogue, opened, put } = stage();
  put('c-20', 20, { schemaVersion: 2 });
  await catalogue(never, true);
  opened.length = 0;
  assert.is((await catalogue(never, true)).backups.find(({ schemaVersion }) => schemaVersion === 2)?.kinds, undefined);
  assert.is(opened.length, 0);
});

test('reads a file again that has changed, and forgets one that is gone', async () => {
  const { catalogue, opened, put, files, memory } = stage();
  await catalogue();
  put('c-22', 19);
  files.delete('/b/c-20');
  const { backups } = await catalogue();
  assert.equal(opened.slice(5), ['/b/c-22']);
  assert.is(backups.find(({ file }) => file.name === 'c-22')?.snapshotIndex, 19n);
  assert.not.match(memory(), /c-20/);
});

test('remembers only what is a backup, and passes over other names', async () => {
  const { catalogue, opened, files } = stage();
  for (const name of ['c-x', 'd-1', '.c-1']) files.set(`/b/${name}`, { bytes: Buffer.from('x'), mode: 0o600 });
  const { left } = await catalogue();
  assert.equal(
    left.map(({ location }) => location),
    [fileAt('/b/c-x')],
  );
  await catalogue();
  assert.equal(opened.slice(6), ['/b/c-x']);
});

test('reports what is no file, if it has the name of a backup', async () => {
  const { catalogue, store } = stage();
  for (const name of ['c-1', 'd-1', '.c-1']) store.directories.add(`/b/${name}`);
  const { left } = await catalogue();
  assert.equal(left, [{ location: fileAt('/b/c-1'), reason: 'not_a_backup', finding: 'it is a directory' }]);
});

test('clears away what killed backups of the series have left; not in a dry run, nor where there is no series', async () => {
  const { prune, store } = stage();
  for (const name of ['c-1', 'd-1']) store.unfinished.add(`/b/${name}`);
  const found = [{ name: 'c-1', location: fileAt('/b/c-1') }];
  assert.equal((await prune({ keep: 9 }, true)).unfinished, found);
  assert.equal((await prune({ keep: 9 }, false, false)).unfinished, []);
  assert.is(store.unfinished.size, 2);
  assert.equal((await prune({ keep: 9 })).unfinished, found);
  assert.equal([...store.unfinished], ['/b/d-1']);
});

for (const [what, text] of [
  ['no JSON', '{'],
  ['JSON of something else', 'null'],
  ['of another form', '{"format":2,"backups":[]}'],
  ['without a list', '{"format":1,"backups":{}}'],
  [
    'with entries that are none',
    '{"format":1,"backups":[null,{"name":"c-20"},{"name":"c-21","version":"1","clusterId":"c"}]}',
  ],
  ['too large', 'x'.repeat(32 * 1024 * 1024 + 1)],
] as const) {
  test(`takes a memory that is ${what} for none`, async () => {
    const { catalogue, setMemory, opened } = stage();
    setMemory(text);
    assert.is((await catalogue()).backups.length, 5);
    assert.is(opened.length, 5);
  });
}

test('remembers a backup that does not say where it stands', async () => {
  const { catalogue, put } = stage();
  put('c-25', 25, { schemaVersion: 2, snapshotIndex: undefined, snapshotTerm: undefined });
  await catalogue();
  assert.is((await catalogue()).backups.at(-1)?.snapshotIndex, undefined);
});

test('does without a memory where none can be written', async () => {
  const { catalogue, store } = stage();
  store.write = async () => {
    throw new JacoError('permission_denied', 'not allowed');
  };
  assert.is((await catalogue()).backups.length, 5);
});

test('throws on what nobody foresaw', async () => {
  for (const method of ['write', 'open'] as const) {
    const { catalogue, store } = stage();
    const bug = new Error('a bug');
    store[method] = async () => {
      throw bug;
    };
    assert.is(await failureOf(catalogue()), bug);
  }
});

test('remembers what it has read when it is interrupted', async () => {
  const { ports, store, catalogue, opened } = stage();
  const interruption = new AbortController();
  const { open } = store;
  store.open = async (location, ...rest) => {
    if ('path' in location && location.path === '/b/c-22') interruption.abort();
    return open(location, ...rest);
  };
  await rejectionOf('interrupted', catalogue(interruption.signal));
  store.open = open;
  await catalogueBackups(ports, { place: fileAt(memoryPath), belongs: () => true, nowMs }, never);
  assert.equal(opened.slice(3), ['/b/c-22', '/b/c-23', '/b/c-24']);
});

test('is pruned by each cluster for itself', async () => {
  const { prune, put, files } = stage();
  put('c-10', 10, { clusterId: 'c-other' });
  put('c-11', 11, { clusterId: 'c-other' });
  const { deleted, failure } = await prune({ keep: 3 });
  assert.equal([deleted, failure], [['/b/c-20', '/b/c-21'].map(fileAt), undefined]);
  assert.ok(files.has('/b/c-10'));
});

test('is judged and not pruned in a dry run', async () => {
  const { prune, files } = stage();
  const { judged, deleted } = await prune({ keepDaily: 2 }, true);
  assert.equal(deleted, []);
  assert.is(files.size, 6);
  assert.equal(
    judged.map(({ reason }) => reason),
    ['daily', 'daily', 'expired', 'expired', 'expired'],
  );
});

test('tells of backups from the future, and of those whose time and place contradict each other', async () => {
  const { prune, put } = stage();
  assert.equal(warnOfOddTimes((await prune({ keep: 9 })).judged), []);
  put('c-30', 30);
  put('c-19', 19, { snapshotIndex: 22n });
  assert.equal(
    warnOfOddTimes((await prune({ keep: 9 })).judged).map(({ sentence }) => sentence),
    [
      "dated in the future by this host's clock, kept and not counted: /b/c-30",
      'time and raft index contradict each other, kept and not counted: /b/c-21, /b/c-20, /b/c-19; a clock was wrong, or the cluster was restored from an older backup in between',
    ],
  );
});

test('is a series for each cluster, the newest first, with gaps where the usual distance is passed by far', async () => {
  const { catalogue, put, files } = stage();
  files.delete('/b/c-21');
  files.delete('/b/c-22');
  put('c-19', 19);
  put('c-18', 18);
  put('c-01', 1, { clusterId: 'c-other' });
  const series = seriesOf((await catalogue()).backups, nowMs);
  const at = (day: number) => Date.UTC(2026, 4, day, 3);
  assert.equal(
    series.map(({ backups, gaps }) => [backups.length, gaps]),
    [
      [5, [{ fromMs: at(20), toMs: at(23) }]],
      [1, []],
    ],
  );
  assert.equal(seriesOf((await catalogue()).backups, nowMs + 3 * dayMs)[0]?.gaps.at(-1), {
    fromMs: at(24),
    toMs: nowMs + 3 * dayMs,
  });
});

test('has no gap behind copies of one backup', async () => {
  const { backups } = await stage().catalogue();
  const copies = backups.map((backup) => ({ ...backup, takenAtMs: nowMs - dayMs }));
  assert.equal(
    seriesOf(copies, nowMs).map(({ gaps }) => gaps),
    [[]],
  );
});

test.run();
