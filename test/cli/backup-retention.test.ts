import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds, nowhere, runJaco } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco backup --keep');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;
let clusterId: string;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1']);
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', shared.path('probe')]);
  const inspection = JSON.parse(await jacoSucceeds(['inspect', shared.path('probe'), '-o', 'json']));
  clusterId = inspection.cluster_id;
});
test.after(async () => {
  await sandbox.stop();
});

const pattern = () => scratch.path('c-%s');
const backUp = (...flags: string[]) => runJaco(['backup', '--socket', sandbox.socket, '--output', pattern(), ...flags]);
/** A backup of the sandbox's cluster, of a day in 2020. */
const earlier = (day: number, id = clusterId) =>
  writeArchive(scratch.path(`c-${day}`), [cluster(id)], {
    clusterId: id,
    takenAt: `2020-01-0${day}T00:00:00Z`,
    snapshotIndex: BigInt(day),
    snapshotTerm: 1n,
  });
/** What is left, without the new backup. */
const left = () => scratch.names().filter((name) => name.length < 6);

test('deletes the oldest beyond the number, and says which', async () => {
  for (const day of [1, 2, 3]) await earlier(day);
  const end = await backUp('--keep', '2');
  assert.is(end.code, 0);
  assert.match(end.stdout, /^Wrote [0-9]+ bytes to [^\n]*\n$/);
  assert.is(end.stderr, `Deleted ${scratch.path('c-1')}\nDeleted ${scratch.path('c-2')}\n`);
  assert.equal(left(), ['c-3']);
});

test('says nothing of it with --quiet', async () => {
  await earlier(1);
  assert.equal(await backUp('--keep', '1', '--quiet'), { code: 0, stdout: '', stderr: '' });
  assert.equal(left(), []);
});

test('keeps what either rule keeps', async () => {
  for (const day of [1, 2, 3]) await earlier(day);
  await backUp('--keep', '1', '--keep-within', '36500d');
  assert.equal(left(), ['c-1', 'c-2', 'c-3']);
  // Two backups within one second have one name: without this there would be one more in some runs.
  for (const name of scratch.names().filter((each) => each.length > 5)) rmSync(scratch.path(name));
  await backUp('--keep', '3', '--keep-within', '1h');
  assert.equal(left(), ['c-2', 'c-3']);
});

test('deletes only complete backups of this cluster, and says what it left', async () => {
  await earlier(1, 'another-cluster');
  await earlier(2);
  writeFileSync(scratch.path('c-2'), readFileSync(scratch.path('c-2')).subarray(0, -9));
  writeFileSync(scratch.path('c-3'), 'notes');
  await earlier(4);
  symlinkSync('c-4', scratch.path('c-5'));
  mkdirSync(scratch.path('c-6'));
  const { code, stderr } = await backUp('--keep', '1');
  assert.is(code, 0);
  assert.equal(left(), ['c-1', 'c-2', 'c-3', 'c-5', 'c-6']);
  const lines = stderr.trimEnd().split('\n');
  assert.is(lines[0], `Deleted ${scratch.path('c-4')}`);
  assert.is(lines[1], `Warning: ${scratch.path('c-1')} was left alone: it is a backup of another cluster`);
  assert.match(lines[2] ?? '', /^Warning: \S+c-2 was left alone: the archive is not a complete/);
  assert.match(lines[3] ?? '', /^Warning: \S+c-3 was left alone: the archive is not a/);
  assert.match(lines[4] ?? '', /^Warning: \S+c-5 was left alone: it is a symbolic link, which is not followed$/);
  assert.match(lines[5] ?? '', /^Warning: \S+c-6 was left alone: it is a directory$/);
  assert.is(lines.length, 6);
});

test('deletes nothing after a failed backup', async () => {
  for (const day of [1, 2, 3]) await earlier(day);
  await jacoFails(['backup', '--socket', nowhere, '--output', pattern(), '--keep', '1']);
  assert.equal(left(), ['c-1', 'c-2', 'c-3']);
});

test('leaves encrypted backups alone without their identity, and knows them with it', async () => {
  const identity = await generateIdentity();
  const key = shared.path('key.txt');
  writeFileSync(key, identity);
  const sealed = ['--encrypt-to', await identityToRecipient(identity)];
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('c-1'), ...sealed]);
  const without = await backUp('--keep', '1', ...sealed);
  assert.match(
    without.stderr,
    /^Warning: one encrypted file was left alone: without its identity [^\n]*\(give the age identity file with --identity\)\n$/,
  );
  assert.equal(left(), ['c-1']);
  await backUp('--keep', '1', '--identity', key, ...sealed);
  assert.equal(left(), []);
});

for (const [flags, expected] of [
  [['--output', 'c-%F', '--keep', '0'], '--keep "0" is not a number of backups. Give 1 or more.'],
  [['--output', 'c-%F', '--keep', 'all'], '--keep "all" is not a number of backups. Give 1 or more.'],
  [
    ['--output', 'c-%F', '--keep-within', 'ever'],
    '--keep-within "ever" is not a span of time. Write it like 30s, 1h30m or 7d.',
  ],
  [
    ['--output', 'c.tar.gz', '--keep', '2'],
    '--keep and --keep-within need a pattern in the file name of --output, and "c.tar.gz" has none. Write it like cluster-%F.tar.gz.',
  ],
  [
    ['--output', '-', '--keep-within', '2d'],
    '--keep and --keep-within need a pattern in the file name of --output, and "-" has none. Write it like cluster-%F.tar.gz.',
  ],
  [
    ['--output', 'c-%F', '--identity', 'key.txt'],
    '--identity has no use without --keep or --keep-within. To encrypt a backup, give --encrypt-to.',
  ],
] as const) {
  test(`refuses ${flags.join(' ')}`, async () => {
    assert.is(await jacoFails(['backup', '--socket', nowhere, ...flags]), `Error: ${expected}`);
  });
}

test.run();
