import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { goodArchive } from '../faults/source-side-trial.js';
import { skipTest } from '../skipping.js';
import { keepFromRemoval } from './busy-path.js';
import { jacoSucceeds, startJaco } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('what jaco cannot remove');
/** The path that cannot be removed during a test. */
const kept: (() => void)[] = [];
function keep(path: string): boolean {
  const release = keepFromRemoval(path);
  if (release !== undefined) kept.push(release);
  return release !== undefined;
}
const letGo = () => {
  for (const release of kept.splice(0)) release();
};
// Before the scratch directory is removed.
test.after.each(letGo);
const scratch = scratchFor(test);
const skipWithoutMount = () => skipTest('a file that is in use: only root can mount one over itself');

const metadata = metadataWith();
const large = await tarGzipArchive(metadata, snapshotOf(metadata.clusterId, 64_000_000));
const inUse = (path: string) => `${path} was left behind: cannot remove ${path}: it is in use.`;

/** A directory below `path` that was not there before, once it is. */
async function newIn(path: string, before: readonly string[] = []): Promise<string> {
  const isNew = (name: string) => !name.startsWith('.') && !before.includes(name);
  const names = () => (existsSync(path) ? readdirSync(path).filter(isNew) : []);
  await until(() => names().length > 0);
  return `${path}/${names()[0]}`;
}

/** A drill that is restoring a large archive, and the directory of its files. */
async function runningDrill(...flags: readonly string[]) {
  writeFileSync(scratch.path('large'), large);
  const temporary = scratch.directory('t');
  const work = scratch.directory('work');
  const words = ['drill', '--input', scratch.path('large'), '--work-dir', work, ...flags];
  const before = readdirSync(work);
  const running = startJaco(words, { environment: { TMPDIR: temporary } });
  return { running, place: await newIn(work, before), temporary };
}

test('is named by a restore that is interrupted, as something that may hold secrets', async () => {
  writeFileSync(scratch.path('c.tar.gz'), large);
  const words = ['--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', scratch.path('data')];
  const running = startJaco(['restore', ...words]);
  const staging = scratch.path('data', 'raft.restoring');
  const state = `${await newIn(`${staging}/snapshots`)}/state.bin`;
  await until(() => existsSync(state));
  if (!keep(state)) return skipWithoutMount();
  running.process.kill('SIGINT');
  assert.equal(await running.ended, {
    code: 130,
    stdout: '',
    stderr: `Interrupted: not everything unfinished could be removed. ${staging} was left behind: cannot remove ${state}: it is in use. It may hold secrets of the cluster in the clear: remove it.\n`,
  });
  letGo();
  await jacoSucceeds(['restore', ...words]);
  assert.equal(scratch.names('data'), ['raft', 'restore.txt']);
});

/** A backup that has half of its archive, and the temporary file that it cannot remove. */
async function halfBackup(end: 'waits' | 'breaks') {
  const archive = await goodArchive(randomBytes(2 * 1024 * 1024));
  const part = `${scratch.directory('out')}/.a.tar.gz.part`;
  let isKept = false;
  const daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end: finish }) {
        await sendChunk(archive.subarray(0, archive.length / 2));
        await until(() => existsSync(part) && statSync(part).size > 100_000);
        isKept = keep(part);
        if (end === 'breaks' || !isKept) finish({ status: 0 });
      },
    },
  );
  const running = startJaco(['backup', '--socket', scratch.path('s'), '--output', scratch.path('out', 'a.tar.gz')]);
  if (end === 'waits') {
    await until(() => isKept || running.process.exitCode !== null);
    running.process.kill('SIGTERM');
  }
  const ended = await running.ended;
  await daemon.close();
  return { ended, part, isKept };
}

test('is named by a backup that is interrupted', async () => {
  const { ended, part, isKept } = await halfBackup('waits');
  if (!isKept) return skipWithoutMount();
  assert.is(ended.code, 143);
  assert.is(
    ended.stderr,
    `Interrupted: not everything unfinished could be removed. ${inUse(part)} It may hold secrets of the cluster in the clear: remove it.\n`,
  );
});

test('is named by a backup that fails, after the failure', async () => {
  const { ended, part, isKept } = await halfBackup('breaks');
  if (!isKept) return skipWithoutMount();
  assert.is(ended.code, 1);
  assert.match(ended.stderr, /^Error: [^\n]+\n$/);
  assert.ok(ended.stderr.endsWith(` ${inUse(part)} It may hold secrets of the cluster in the clear: remove it.\n`));
});

test('is named by a drill that is interrupted', async () => {
  const { running, place } = await runningDrill();
  const state = `${await newIn(`${place}/data/raft.restoring/snapshots`)}/state.bin`;
  await until(() => existsSync(state));
  if (!keep(state)) return skipWithoutMount();
  running.process.kill('SIGINT');
  const { code, stderr } = await running.ended;
  assert.is(code, 130);
  assert.is(
    stderr,
    `Interrupted: not everything unfinished could be removed. ${place} was left behind: cannot remove ${state}: it is in use. It may hold secrets of the cluster in the clear: remove it.\n`,
  );
});

test('makes a drill fail that has found the archive good, with its result', async () => {
  const { running, place } = await runningDrill();
  mkdirSync(`${place}/empty`);
  if (!keep(`${place}/empty`)) return skipWithoutMount();
  const { code, stdout, stderr } = await running.ended;
  assert.is(code, 1);
  assert.match(stdout, /large restores\.\n/);
  assert.not.match(stdout, /has been removed/);
  assert.is(
    stderr.replace(/^Warning: the state holds no CA[^\n]*\n/, ''),
    `Error: the archive restores, but not everything that rehearsals leave could be removed. ${place} was left behind: cannot remove ${place}/empty: it is in use. Remove it.\n`,
  );
});

test('is in the one document of a drill that was asked for JSON', async () => {
  const { running, place } = await runningDrill('--format', 'json');
  mkdirSync(`${place}/empty`);
  if (!keep(`${place}/empty`)) return skipWithoutMount();
  const { code, stdout } = await running.ended;
  assert.is(code, 1);
  const reason = `cannot remove ${place}/empty: it is in use.`;
  assert.equal(JSON.parse(stdout).left_behind, [{ path: place, state: 'there', secret: false, reason }]);
});

test('of a drill that was killed is cleared away by the next one, which leaves a living one alone', async () => {
  const { running, place, temporary } = await runningDrill();
  await newIn(`${place}/data/raft.restoring/snapshots`);
  running.process.kill('SIGKILL');
  await running.ended;
  assert.ok(existsSync(place));
  const living = await runningDrill();
  assert.not.ok(existsSync(place));
  writeFileSync(scratch.path('small'), await tarGzipArchive(metadata, snapshotOf(metadata.clusterId)));
  const work = scratch.path('work');
  await jacoSucceeds(['drill', '--input', scratch.path('small'), '--work-dir', work], {
    environment: { TMPDIR: temporary },
  });
  assert.is((await living.running.ended).code, 0);
  assert.equal([readdirSync(work), readdirSync(temporary)], [[], []]);
});

test('is named by a sandbox that stops', async () => {
  const data = scratch.path('data');
  const sandbox = await startSandbox(data);
  const [lock] = readdirSync(data).filter((name) => name.startsWith('.jaco-lock-'));
  if (!keep(`${data}/${lock}`)) return skipWithoutMount();
  const { code, stderr } = await sandbox.stop();
  assert.is(code, 0);
  assert.ok(stderr.endsWith(`Warning: ${inUse(`${data}/${lock}`)} Remove it.\n`), stderr);
});

test.run();
