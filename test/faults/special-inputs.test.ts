import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { jacoFails, jacoSucceeds, startJaco } from '../cli/jaco-process.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { asOtherUser, isRoot, otherUser, skipWithoutRoot } from '../cli/unprivileged-jaco.js';
import { restoreWords } from './interrupted-subject.js';
import { judgeDataDirectory } from './restored-directory.js';
import { secretCluster } from './secret-cluster.js';

const test = suite('restores from special files');
const scratch = scratchFor(test);
const cluster = await secretCluster();

/** Restores from the path, which must be refused without a trace in the data directory; returns the refusal. */
async function refusal(input: string, circumstances = {}): Promise<string> {
  const dataDirectory = scratch.directory('data');
  if (isRoot) chmodSync(dataDirectory, 0o777);
  const sentence = await jacoFails(restoreWords(input, dataDirectory), circumstances);
  assert.equal(scratch.names('data'), []);
  return sentence;
}

const notRegular = /^Error: cannot read the archive \S+: it is not a regular file\. Give the path of a backup file,/;

for (const device of ['/dev/zero', '/dev/null', '/dev/full', '/dev/stdin']) {
  test(`are refused where the input is ${device}, and nothing is read of it`, async () => {
    assert.match(await refusal(device), notRegular);
  });
}

test('are refused where the input is a link to a directory', async () => {
  symlinkSync(scratch.directory('there'), scratch.path('link'));
  assert.match(await refusal(scratch.path('link')), /: it is a directory\. Give the path of a backup file,/);
});

test('are refused where the input is a link to nothing', async () => {
  symlinkSync(scratch.path('nothing'), scratch.path('link'));
  assert.match(await refusal(scratch.path('link')), /^Error: cannot read the archive \S+link: there is no such file/);
});

test('are refused where the input is a socket', async () => {
  const server = createServer().listen(scratch.path('s'));
  await new Promise((resolve) => server.once('listening', resolve));
  assert.match(await refusal(scratch.path('s')), /^Error: cannot read the archive \S+: [^\n]+\. [A-Z]/);
  server.close();
});

/** A FIFO into which an archive is written once it has a reader. */
function fifoOf(archive: Uint8Array): string {
  const [file, fifo] = [scratch.path('a.tar.gz'), scratch.path('fifo')];
  writeFileSync(file, archive);
  execFileSync('mkfifo', [fifo]);
  spawn('sh', ['-c', 'sleep 0.3; cat "$0" > "$1"', file, fifo], { stdio: 'ignore' }).unref();
  return fifo;
}

test('are made from a FIFO whose writer comes later', async () => {
  const dataDirectory = scratch.directory('data');
  await jacoSucceeds(restoreWords(fifoOf(cluster.archive), dataDirectory));
  assert.is(await judgeDataDirectory({ files: createNodeFileSystem(), dataDirectory, cluster }), 'restored');
});

test('refuse half an archive from a FIFO, without a trace', async () => {
  assert.match(await refusal(fifoOf(cluster.archive.subarray(0, 400))), /: it is cut short\. Use another archive/);
});

test('stop waiting for a FIFO when interrupted, without a trace', async () => {
  execFileSync('mkfifo', [scratch.path('fifo')]);
  const dataDirectory = scratch.directory('data');
  const jaco = startJaco(restoreWords(scratch.path('fifo'), dataDirectory));
  setTimeout(() => jaco.process.kill('SIGTERM'), 1_000);
  assert.is((await jaco.ended).code, 143);
  assert.equal(scratch.names('data'), []);
});

test('are refused where the input may not be read', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  const circumstances = asOtherUser(scratch);
  writeFileSync(scratch.path('a.tar.gz'), cluster.archive, { mode: 0o600 });
  assert.match(
    await refusal(scratch.path('a.tar.gz'), circumstances),
    /^Error: cannot read the archive \S+a\.tar\.gz: permission denied\. Run it with sudo/,
  );
  mkdirSync(scratch.path('closed'), 0o700);
  writeFileSync(scratch.path('closed', 'a.tar.gz'), cluster.archive, { mode: 0o644 });
  assert.match(
    await refusal(scratch.path('closed', 'a.tar.gz'), circumstances),
    /^Error: cannot read the archive \S+a\.tar\.gz: permission denied\. Run it with sudo/,
  );
});

test('follow a link to an archive', async () => {
  writeFileSync(scratch.path('a.tar.gz'), cluster.archive, { mode: 0o400 });
  symlinkSync('a.tar.gz', scratch.path('latest'));
  const dataDirectory = scratch.directory('data');
  await jacoSucceeds(restoreWords(scratch.path('latest'), dataDirectory));
  assert.is(await judgeDataDirectory({ files: createNodeFileSystem(), dataDirectory, cluster }), 'restored');
});

test('are made by any user who owns the data directory', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  const circumstances = asOtherUser(scratch);
  writeFileSync(scratch.path('a.tar.gz'), cluster.archive, { mode: 0o644 });
  chmodSync(scratch.directory('home'), 0o777);
  const dataDirectory = scratch.path('home', 'data');
  await jacoSucceeds(restoreWords(scratch.path('a.tar.gz'), dataDirectory), circumstances);
  const files = createNodeFileSystem();
  assert.is(await judgeDataDirectory({ files, dataDirectory, cluster }), 'restored');
  assert.is((await files.status(`${dataDirectory}/node`))?.owner.uid, otherUser);
});

test.run();
