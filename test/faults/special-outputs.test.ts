import { execFileSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { jacoFails, jacoSucceeds, runJaco } from '../cli/jaco-process.js';
import { scratchFor, sharedScratchFor } from '../cli/scratch-directory.js';
import { skipTest } from '../skipping.js';
import { mountTmpfs } from './mounted-file-system.js';
import { secretCluster } from './secret-cluster.js';

const test = suite('backups to special files');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);

const { archive } = await secretCluster(100_000);
const socket = shared.path('jaco.sock');
const daemon = await startMisbehavingDaemon(
  { socket },
  {
    async [backupPath]({ sendChunk, end }) {
      await sendChunk(archive);
      end({ status: 0 });
    },
  },
);
/** A socket of another program. */
const otherSocket = shared.path('other.sock');
const other = createServer();
await new Promise<void>((listening) => other.listen(otherSocket, listening));
test.after(async () => {
  other.close();
  await daemon.close();
});

const wordsFor = (output: string) => ['backup', '--socket', socket, '--output', output];

/** The kind and identity of each name in the scratch directory: they must not change. */
const inventory = () =>
  scratch.names().map((name) => {
    const { mode, ino, mtimeMs } = lstatSync(scratch.path(name));
    return [name, mode, ino, mtimeMs].join();
  });

const notRegular =
  /^Error: cannot write the backup to \S+: it is not a regular file\. Give --output the path of a file\.$/;
const directory = /^Error: cannot write the backup to \S+: it is a directory\. Give --output the path of a file\.$/;

for (const [what, plant, expected] of [
  ['a FIFO', (path: string) => void execFileSync('mkfifo', [path]), notRegular],
  [
    'a link to a FIFO',
    (path: string) => {
      execFileSync('mkfifo', [`${path}.fifo`]);
      symlinkSync(`${path}.fifo`, path);
    },
    notRegular,
  ],
  ['a link to a socket', (path: string) => symlinkSync(otherSocket, path), notRegular],
  [
    "a link to the daemon's socket",
    (path: string) => symlinkSync(socket, path),
    /^Error: --socket and --output name one file, \S+: one would destroy the other\. Give each a file of its own\.$/,
  ],
  [
    'a link to a directory',
    (path: string) => {
      mkdirSync(`${path}.d`);
      symlinkSync(`${path}.d`, path);
    },
    directory,
  ],
  [
    'a link to itself',
    (path: string) => symlinkSync(path, path),
    /^Error: cannot write \S+: too many symbolic links\. Check the path\.$/,
  ],
  [
    'a name that is too long',
    () => undefined,
    /^Error: cannot write \S+: the name is too long\. Choose a shorter name\.$/,
  ],
] as const) {
  test(`are refused where the output is ${what}, which stays`, async () => {
    const path = scratch.path(what.startsWith('a name') ? 'n'.repeat(252) : 'a.tar.gz');
    plant(path);
    const before = inventory();
    assert.match(await jacoFails(wordsFor(path)), expected);
    assert.equal(inventory(), before);
  });
}

for (const device of ['/dev/full', '/dev/null', '/dev/stdout', '/dev/stderr', '/dev/fd/1']) {
  test(`are refused where the output is ${device}, and it is no regular file`, async () => {
    assert.match(await jacoFails(wordsFor(device)), notRegular);
  });
}

test('go where a link leads, and the link stays', async () => {
  mkdirSync(scratch.path('disk'));
  writeFileSync(scratch.path('disk', 'real.gz'), 'the archive of yesterday');
  symlinkSync('disk/real.gz', scratch.path('latest.gz'));
  await jacoSucceeds(wordsFor(scratch.path('latest.gz')));
  assert.is(readlinkSync(scratch.path('latest.gz')), 'disk/real.gz');
  assert.ok(readFileSync(scratch.path('disk', 'real.gz')).equals(archive));
  assert.equal(scratch.names('disk'), ['real.gz']);
});

test('replace the file that /dev/stdout is, whole', async () => {
  const stdout = openSync(scratch.path('a.tar.gz'), 'w');
  const { code, stderr } = await runJaco(wordsFor('/dev/stdout'), { stdout });
  closeSync(stdout);
  assert.is(code, 0, stderr);
  assert.ok(readFileSync(scratch.path('a.tar.gz')).equals(archive));
  assert.equal(scratch.names(), ['a.tar.gz']);
});

test('are refused on a file system that is read-only', async () => {
  const fileSystem = mountTmpfs('size=1M');
  if (fileSystem === undefined) return skipTest('a read-only output (only root can mount one)');
  try {
    writeFileSync(`${fileSystem.path}/a.tar.gz`, 'the archive of yesterday');
    fileSystem.remount('ro');
    for (const name of ['a.tar.gz', 'b.tar.gz']) {
      assert.match(
        await jacoFails(wordsFor(`${fileSystem.path}/${name}`)),
        /^Error: cannot write \S+: the file system is read-only\. Choose a place that can be written, or remount it\.$/,
      );
    }
    assert.is(readFileSync(`${fileSystem.path}/a.tar.gz`, 'utf8'), 'the archive of yesterday');
  } finally {
    fileSystem.unmount();
  }
});

test.run();
