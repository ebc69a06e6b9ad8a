import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, deployment, node, record, token, writeArchive } from './archive-file.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { sharedScratchFor } from './scratch-directory.js';

/*
 * Programs read what `-o json` prints: each command's document is compared, byte for byte, with one that is kept. What
 * differs from run to run and from machine to machine is masked, and so are sentences, which are for people.
 */

const test = suite('the JSON of every command');
const scratch = sharedScratchFor(test);
const fixtures = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));
const engineArchive = `${fixtures}/engine/archive/cluster.tar.gz`;

const old = await writeArchive(scratch.path('old.tar.gz'), [
  ...[cluster(), node('node-1'), node('node-2'), deployment('web'), deployment('api')],
  ...[token('operator'), record(15, 'event 1'), record(18, 'registry')],
]);
const young = await writeArchive(
  scratch.path('new.tar.gz'),
  [cluster(), node('node-1'), node('node-3\u202e'), deployment('web', 2), deployment('api'), token('operator')],
  { snapshotIndex: 2n ** 64n - 3n, takenAt: '2026-05-26T05:00:00Z', leaderAtSnapshot: '' },
);

/** Without what belongs to one run or one machine (places, moments, who runs the test), and without sentences. */
function masked(text: string): string {
  return text
    .replaceAll(fixtures, '<fixtures>')
    .replaceAll(scratch.path(), '<scratch>')
    .replaceAll(/"(age_seconds|uid|gid|free_bytes)": \d+/g, '"$1": 0')
    .replaceAll(/"(timestamp|imported_at)":( ?)"\d{4}-[0-9T:.-]+Z"/g, '"$1":$2"<moment>"')
    .replaceAll(/-\d{13}\//g, '-<moment>/')
    .replaceAll(/"(message|next_step|sentence|warning)": ".*"/g, '"$1": "<sentence>"')
    .replaceAll(/^( +)"[^"]* [^"]*"(?=,?$)/gm, '$1"<sentence>"');
}

/** Without what the compressor decides about archives that this test writes itself. */
function withoutCompression(text: string): string {
  return text
    .replaceAll(/"size_bytes": \d+/g, '"size_bytes": 0')
    .replaceAll(/"sha256": "[0-9a-f]{64}"/g, '"sha256": "<digest>"')
    .replaceAll(/"compression_ratio": [0-9.]+/g, '"compression_ratio": 0');
}

function expected(name: string): string {
  return readFileSync(`${fixtures}/documents/${name}.json`, 'utf8');
}

test('inspect: an archive that restores', async () => {
  assert.is(masked(await jacoSucceeds(['inspect', engineArchive, '-o', 'json'])), expected('inspection'));
});

test('inspect: an archive that a restore refuses', async () => {
  const { code, stdout } = await runJaco(['inspect', young, '-o', 'json', '--daemon-version', 'v9.0.0']);
  assert.is(code, 1);
  assert.is(withoutCompression(masked(stdout)), expected('inspection-refused'));
});

test('inspect --list: names', async () => {
  assert.is(await jacoSucceeds(['inspect', young, '-o', 'json', '--list', 'nodes']), expected('names'));
});

test('diff', async () => {
  assert.is(withoutCompression(masked(await jacoSucceeds(['diff', old, young, '-o', 'json']))), expected('difference'));
});

const onto = (directory: string) => ['--name', 'node-1', '--data-dir', scratch.path(directory), '--no-identity'];

test('restore --dry-run', async () => {
  const flags = ['--dry-run', '--daemon-version', 'v0.4.0', '--remove-node', 'node-2', '-o', 'json'];
  const text = await jacoSucceeds(['restore', '--input', old, ...onto('planned'), ...flags]);
  assert.is(masked(text), expected('restore-plan'));
});

test('restore', async () => {
  scratch.directory('restored');
  const text = await jacoSucceeds(['restore', '--input', old, ...onto('restored'), '-o', 'json']);
  assert.is(masked(text), expected('restore'));
});

test('restore --bare', async () => {
  const text = await jacoSucceeds(['restore', '--input', old, ...onto('bare'), '--bare', '-o', 'json']);
  assert.is(masked(text), expected('restore-bare'));
});

test('drill', async () => {
  const text = await jacoSucceeds(['drill', '--input', engineArchive, '--name', 'node-1', '-o', 'json']);
  assert.is(masked(text), expected('drill'));
});

test('backup', async () => {
  const sandbox = await startSandbox(scratch.path('backed-up'), ['--name', 'node-1']);
  const backup = (name: string, ...flags: readonly string[]) =>
    jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('series', name), ...flags]);
  scratch.directory('series');
  await backup('cluster-1.tar.gz');
  const text = await backup('cluster-%s.tar.gz', '--keep', '1', '--quiet', '-o', 'json');
  await sandbox.stop();
  const { archive, sha256, size_bytes, seconds, deleted } = JSON.parse(text);
  const bytes = readFileSync(archive);
  assert.equal([size_bytes, sha256], [bytes.length, createHash('sha256').update(bytes).digest('hex')]);
  assert.ok(seconds > 0 && seconds < 60);
  assert.is(deleted.length, 1);
  const moments = (document: string) =>
    document
      .replaceAll(/cluster-\d+\.tar/g, 'cluster-<moment>.tar')
      .replaceAll(/"(taken_at|cluster_id)": ".*"/g, '"$1": "<moment>"')
      .replaceAll(/"(seconds|snapshot_size_bytes)": [0-9.]+/g, '"$1": 0');
  assert.is(moments(withoutCompression(masked(text))), expected('backup'));
});

test('cluster status and audit', async () => {
  const sandbox = await startSandbox(scratch.path('sandbox'), ['--name', 'node-1']);
  const ask = (...words: readonly string[]) => jacoSucceeds([...words, '--socket', sandbox.socket, '-o', 'json']);
  const [status, events] = await Promise.all([ask('cluster', 'status'), ask('audit')]);
  await sandbox.stop();
  assert.is(masked(status), expected('status'));
  assert.is(masked(events), expected('audit'));
});

test.run();
