import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { jacoFails, jacoSucceeds } from '../cli/jaco-process.js';
import { scratchFor, sharedScratchFor } from '../cli/scratch-directory.js';
import { asOtherUser, isRoot, skipWithoutRoot } from '../cli/unprivileged-jaco.js';
import { skipTest } from '../skipping.js';
import { restoreWords } from './interrupted-subject.js';
import { mountTmpfs } from './mounted-file-system.js';
import { judgeDataDirectory, requireNoLeftovers } from './restored-directory.js';
import { secretCluster } from './secret-cluster.js';

const test = suite('restores into special data directories');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
const cluster = await secretCluster();
const archive = shared.path('cluster.tar.gz');
writeFileSync(archive, cluster.archive, { mode: 0o644 });
chmodSync(shared.path(), 0o755);

/** Restores there, and holds what is found to all that a restore must leave; `others` stood there before. */
async function restoreInto(dataDirectory: string, others: readonly string[] = []): Promise<void> {
  await jacoSucceeds(restoreWords(archive, dataDirectory));
  const judged = { files: createNodeFileSystem(), dataDirectory, cluster, others };
  assert.is(await judgeDataDirectory(judged), 'restored');
  await requireNoLeftovers(judged);
}

const refusal = (dataDirectory: string, circumstances = {}) =>
  jacoFails(restoreWords(archive, dataDirectory), circumstances);

test('make one that is missing, and its parents', async () => {
  await restoreInto(scratch.path('srv', 'lib', 'jaco'));
  assert.is(lstatSync(scratch.path('srv', 'lib', 'jaco')).mode & 0o777, 0o700);
  assert.is(lstatSync(scratch.path('srv', 'lib')).mode & 0o777, 0o755);
});

test('go where a link leads, and the link stays', async () => {
  scratch.directory('disk');
  symlinkSync('disk', scratch.path('jaco'));
  await restoreInto(scratch.path('jaco'));
  assert.is(readlinkSync(scratch.path('jaco')), 'disk');
  assert.ok(existsSync(scratch.path('disk', 'raft', 'log.db')));
});

for (const [what, target] of [
  ['a link to a file', 'file'],
  ['a link to nothing', 'nothing'],
] as const) {
  test(`refuse ${what}`, async () => {
    writeFileSync(scratch.path('file'), 'precious');
    symlinkSync(target, scratch.path('jaco'));
    assert.match(
      await refusal(scratch.path('jaco')),
      /^Error: cannot restore into \S+: it is not a directory\. Point /,
    );
    assert.equal(scratch.names(), ['file', 'jaco']);
  });
}

test('refuse one below a file', async () => {
  writeFileSync(scratch.path('file'), 'precious');
  assert.match(
    await refusal(scratch.path('file', 'jaco')),
    /: a part of the path is not a directory\. Check the path\.$/,
  );
});

test('refuse one whose node is a file, and leave nothing else', async () => {
  writeFileSync(`${scratch.directory('jaco')}/node`, 'precious');
  assert.match(
    await refusal(scratch.path('jaco')),
    /^Error: cannot [a-z ]+ \S+\/node\S*: a part of the path is not a dir/,
  );
  assert.equal(scratch.names('jaco'), ['node']);
});

test('make everything the directory owner’s, for any user who runs them', async () => {
  if (!isRoot) return skipWithoutRoot('giving files away');
  chownSync(scratch.directory('jaco'), 4711, 4712);
  await restoreInto(scratch.path('jaco'));
  for (const path of ['raft/log.db', 'restore.txt', 'node', 'node/ca.crt', 'node/node-1.key']) {
    const { uid, gid } = lstatSync(scratch.path('jaco', path));
    assert.equal([uid, gid], [4711, 4712], path);
  }
});

test('leave the owner of an existing node/, empty or not, and make what they put there the directory owner’s', async () => {
  if (!isRoot) return skipWithoutRoot('giving files away');
  for (const name of ['empty', 'used']) {
    chownSync(scratch.directory(name), 4711, 4712);
    mkdirSync(scratch.path(name, 'node'));
  }
  writeFileSync(scratch.path('used', 'node', 'notes'), '');
  for (const name of ['empty', 'used']) await jacoSucceeds(restoreWords(archive, scratch.path(name)));
  const owners = ['empty', 'used'].map((name) => lstatSync(scratch.path(name, 'node')).uid);
  assert.equal(owners, [0, 0]);
  for (const name of ['empty', 'used']) assert.is(lstatSync(scratch.path(name, 'node', 'node-1.key')).uid, 4711);
});

test('refuse one that may not be written, or made', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  const circumstances = asOtherUser(scratch);
  for (const path of [scratch.directory('jaco'), scratch.path('missing'), scratch.path('missing', 'too')]) {
    assert.match(
      await refusal(path, circumstances),
      /^Error: cannot restore into \S+: permission denied\. Run it with/,
    );
  }
  assert.equal(scratch.names(), ['jaco', 'program']);
  assert.equal(scratch.names('jaco'), []);
});

test('keep the lost+found of one that is a mount point', async () => {
  const fileSystem = mountTmpfs('size=1M,mode=755');
  if (fileSystem === undefined) return skipTest('a mount point (only root can make one)');
  try {
    mkdirSync(`${fileSystem.path}/lost+found`, 0o700);
    await restoreInto(fileSystem.path, ['lost+found']);
    assert.ok(readdirSync(fileSystem.path).includes('lost+found'));
  } finally {
    fileSystem.unmount();
  }
});

test('refuse one on a file system that is read-only', async () => {
  const fileSystem = mountTmpfs('size=1M');
  if (fileSystem === undefined) return skipTest('a read-only data directory (only root can mount one)');
  try {
    mkdirSync(`${fileSystem.path}/jaco`);
    fileSystem.remount('ro');
    for (const name of ['jaco', 'missing']) {
      assert.match(
        await refusal(`${fileSystem.path}/${name}`),
        /^Error: cannot restore into \S+: the file system is read-only\. Choose a place that can be written, or remount/,
      );
    }
    assert.equal(readdirSync(fileSystem.path), ['jaco']);
  } finally {
    fileSystem.unmount();
  }
});

test('refuse one whose raft is a mount point, before anything is written', async () => {
  const dataDirectory = scratch.directory('jaco');
  const fileSystem = mountTmpfs('size=1M', scratch.directory('jaco', 'raft'));
  if (fileSystem === undefined) return skipTest('raft as a mount point (only root can make one)');
  try {
    mkdirSync(`${fileSystem.path}/lost+found`, 0o700);
    assert.match(
      await refusal(dataDirectory),
      /^Error: cannot restore into \S+: raft \(a file system of its own\) already exists\. Point /,
    );
    assert.equal(scratch.names('jaco'), ['raft']);
    assert.equal(readdirSync(fileSystem.path), ['lost+found']);
  } finally {
    fileSystem.unmount();
  }
});

test.run();
