import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acquireExclusiveLock } from '../../src/adapters/filesystem/exclusive-lock.js';
import { cluster, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco list and jaco prune');
const scratch = scratchFor(test);

/** A backup of a day of May 2026. */
const backupOf = (day: number, id = 'c-1', snapshotIndex = BigInt(day)) =>
  writeArchive(scratch.path(`c-2026-05-${String(day).padStart(2, '0')}.tar.gz`), [cluster(id)], {
    clusterId: id,
    takenAt: `2026-05-${String(day).padStart(2, '0')}T03:00:00Z`,
    snapshotIndex,
    snapshotTerm: 2n,
  });
const directory = () => scratch.path('.');
const left = () => scratch.names().filter((name) => !name.startsWith('.'));

test('lists the backups of a directory, and a line for each cluster with what is missing', async () => {
  for (const day of [1, 2, 3, 9]) await backupOf(day);
  await backupOf(20, 'c-2');
  writeFileSync(scratch.path('notes.txt'), 'x\n');
  const { code, stdout, stderr } = await runJaco(['list', directory()]);
  assert.is(code, 0);
  const lines = stdout.split('\n');
  assert.match(lines[0] ?? '', /^TAKEN +AGE +INDEX +SIZE +STATE +VERIFIED +FILE$/);
  assert.match(lines[1] ?? '', /^2026-05-20T03:00:00Z .* ago +20 .* plain .* c-2026-05-20\.tar\.gz$/);
  assert.match(stdout, /^Cluster c-1: 4 backups, .*, the newest taken .* ago$/m);
  assert.match(stdout, /^ {2}no backup between 2026-05-03T03:00:00Z and 2026-05-09T03:00:00Z$/m);
  assert.match(stderr, /notes\.txt was left alone/);
});

test('lists how each state is kept, and of an encrypted backup also later without its key', async () => {
  await backupOf(1);
  await writeArchive(scratch.path('c-2026-05-02.tar.gz'), [cluster('c-1')], { clusterId: 'c-1', schemaVersion: 2 });
  const identity = await generateIdentity();
  writeFileSync(scratch.path('key.txt'), `${identity}\n`);
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  for (const [name, source] of [
    ['c-2026-05-03.age', 'c-2026-05-01.tar.gz'],
    ['c-2026-05-04.age', 'c-2026-05-02.tar.gz'],
  ] as const) {
    writeFileSync(scratch.path(name), await encrypter.encrypt(readFileSync(scratch.path(source))));
  }
  for (const key of [['--identity', scratch.path('key.txt')], []]) {
    const text = await jacoSucceeds(['list', directory(), ...key]);
    for (const [name, form] of [
      ['c-2026-05-01.tar.gz', 'plain'],
      ['c-2026-05-02.tar.gz', 'sealed'],
      ['c-2026-05-03.age', 'encrypted'],
      ['c-2026-05-04.age', 'sealed, encrypted'],
    ] as const) {
      assert.match(text, new RegExp(` B {2}${form} +2.* ${name}$`, 'm'));
    }
  }
  const { backups } = JSON.parse(await jacoSucceeds(['list', directory(), '-o', 'json']));
  const encrypted = backups.map(({ archive, encrypted }: { archive: string; encrypted: boolean }) => [
    archive.endsWith('.age'),
    encrypted,
  ]);
  for (const [expected, found] of encrypted) assert.is(found, expected);
  assert.is(encrypted.length, 4);
});

test('lists for a program, and the files of a pattern alone', async () => {
  await backupOf(1);
  writeFileSync(scratch.path('notes.txt'), 'x\n');
  const document = JSON.parse(await jacoSucceeds(['list', scratch.path('c-%F.tar.gz'), '-o', 'json']));
  assert.equal(document.not_recognised, []);
  assert.equal(document.clusters[0].cluster_id, 'c-1');
  const { taken_at, snapshot_index, snapshot_term, schema_version } = document.backups[0];
  assert.equal([taken_at, snapshot_index, snapshot_term, schema_version], ['2026-05-01T03:00:00Z', 1, 2, 1]);
});

test('reads no file again that has not changed, and one that has', async () => {
  await backupOf(1);
  await jacoSucceeds(['list', directory()]);
  const path = scratch.path('c-2026-05-01.tar.gz');
  const bytes = readFileSync(path);
  // Damage that leaves size and time of modification as they were; the kernel tells all the same.
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 1;
  writeFileSync(path, bytes);
  utimesSync(path, 1, 1);
  const { stdout, stderr } = await runJaco(['list', directory()]);
  assert.is(stdout, 'No backups.\n');
  assert.match(stderr, /was left alone/);
});

test('prunes by days, weeks and months, after a dry run that says why', async () => {
  for (const day of [1, 2, 3, 4, 5]) await backupOf(day);
  const rules = ['--keep-daily', '2', '--keep-monthly', '1'];
  const plan = await jacoSucceeds(['prune', directory(), ...rules, '--dry-run']);
  assert.match(
    plan,
    /^keep +--keep-daily +2026-05-05.*\nkeep +--keep-daily +2026-05-04.*\ndelete +no rule keeps it +2026-05-03/m,
  );
  assert.is(left().length, 5);
  const document = JSON.parse(await jacoSucceeds(['prune', directory(), ...rules, '-o', 'json']));
  assert.is(document.dry_run, false);
  assert.is(document.deleted.length, 3);
  assert.equal(document.failed, []);
  assert.equal(left(), ['c-2026-05-04.tar.gz', 'c-2026-05-05.tar.gz']);
});

test('keeps what time and index contradict, and says so', async () => {
  await backupOf(1, 'c-1', 9n);
  await backupOf(2, 'c-1', 5n);
  const { stderr } = await runJaco(['prune', directory(), '--keep', '1']);
  assert.match(stderr, /time and raft index contradict each other, kept and not counted/);
  assert.is(left().length, 2);
});

test('clears away what killed backups of the pattern have left, and leaves what a running one is writing', async () => {
  await backupOf(1);
  for (const name of ['c-2026-05-02', 'c-2026-05-03', 'd-2026-05-04']) {
    writeFileSync(scratch.path(`.${name}.tar.gz.part`), 'half');
  }
  const parts = () => readdirSync(directory()).filter((name) => name.endsWith('.part'));
  const running = createHash('sha256').update('c-2026-05-03.tar.gz').digest('hex').slice(0, 16);
  const lock = await acquireExclusiveLock(directory(), running);
  const pattern = [scratch.path('c-%F.tar.gz'), '--keep', '1'];
  const plan = await jacoSucceeds(['prune', ...pattern, '--dry-run']);
  assert.match(plan, /^delete +never finished +- +- +c-2026-05-02\.tar\.gz$/m);
  assert.not.match(plan, /05-03|05-04/);
  await jacoSucceeds(['prune', directory(), '--keep', '1']);
  assert.is(parts().length, 3, 'without a pattern they may be of any program');
  const document = JSON.parse(await jacoSucceeds(['prune', ...pattern, '-o', 'json']));
  assert.equal(document.unfinished, [scratch.path('.c-2026-05-02.tar.gz.part')]);
  await lock?.release();
  assert.equal(parts(), ['.c-2026-05-03.tar.gz.part', '.d-2026-05-04.tar.gz.part']);
});

test('reports links and directories with the name of a backup, and follows none', async () => {
  await backupOf(1);
  symlinkSync(scratch.path('c-2026-05-01.tar.gz'), scratch.path('c-2026-05-02.tar.gz'));
  mkdirSync(scratch.path('c-2026-05-03.tar.gz'));
  for (const command of [['list'], ['prune', '--keep', '1']]) {
    const { code, stderr } = await runJaco([...command, scratch.path('c-%F.tar.gz')]);
    assert.is(code, 0);
    assert.match(stderr, /c-2026-05-02\.tar\.gz was left alone: it is a symbolic link, which is not followed/);
    assert.match(stderr, /c-2026-05-03\.tar\.gz was left alone: it is a directory/);
  }
  assert.is(left().length, 3);
});

test('follows no link where it remembers what it read', async () => {
  const victim = scratch.path('victim');
  const memory = scratch.path('.jaco-verified.json');
  for (const command of [
    ['list'],
    ['prune', '--keep', '1', '--dry-run'],
    ['prune', '--keep', '1'],
    ['drill', '--newest-of'],
  ]) {
    await backupOf(1);
    rmSync(memory, { force: true });
    writeFileSync(victim, 'precious\n', { mode: 0o644 });
    symlinkSync(victim, memory);
    assert.is((await runJaco([...command, scratch.path('c-%F.tar.gz')])).code, 0);
    assert.is(readFileSync(victim, 'utf8'), 'precious\n');
    assert.is(statSync(victim).mode & 0o777, 0o644);
    assert.is(lstatSync(memory).isFile(), true, 'the link itself was replaced');
  }
  // A memory that a link leads to does not count: what it says of the file is another's word.
  const told = readFileSync(memory, 'utf8').replaceAll('c-1', 'another');
  rmSync(memory);
  writeFileSync(victim, told);
  symlinkSync(victim, memory);
  const document = JSON.parse(await jacoSucceeds(['list', scratch.path('c-%F.tar.gz'), '-o', 'json']));
  assert.is(document.clusters[0].cluster_id, 'c-1');
  assert.is(readFileSync(victim, 'utf8'), told);
});

test('names files whose names are not UTF-8, and leaves them alone', async () => {
  await backupOf(1);
  const name = Buffer.concat([Buffer.from(`${directory()}/old-`), Buffer.from([0xff]), Buffer.from('.tar.gz')]);
  writeFileSync(name, 'x');
  for (const command of [['list'], ['prune', '--keep', '1']]) {
    const { code, stderr } = await runJaco([...command, directory()]);
    assert.is(code, 0);
    assert.match(stderr, 'old-\\xff.tar.gz was left alone: its name is not UTF-8');
  }
});

test('reports where it cannot look as an error alone, also for a program', async () => {
  const words = ['prune', scratch.path('absent', 'c-%F.tar.gz'), '--keep', '1'];
  const { code, stdout, stderr } = await runJaco(words);
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, /^Error: cannot list /);
  const { stdout: document } = await runJaco([...words, '-o', 'json']);
  assert.is(JSON.parse(document).error.code, 'storage_failed');
});

test('prunes nothing without a rule, nor where it cannot look', async () => {
  await backupOf(1);
  assert.match(await jacoFails(['prune', directory()]), /was not told what to keep/);
  assert.match(await jacoFails(['prune', '-', '--keep', '1']), /standard input keeps no backups/);
  assert.match(await jacoFails(['list', 's3://%F']), /: its pattern is in the name of the bucket\. Give a directory/);
  assert.match(await jacoFails(['list', scratch.path('%Y/c.tar.gz')]), /its pattern is not in the name/);
  assert.match(await jacoFails(['list', scratch.path('c-2026-05-01.tar.gz')]), /it is a file \(jaco inspect looks/);
  rmSync(scratch.path('c-2026-05-01.tar.gz'));
  assert.is((await runJaco(['list', scratch.path('absent')])).code, 1);
});

test.run();
