import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { backupPath, type MisbehavingDaemon, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { runJaco } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipTest } from '../skipping.js';
import { restoreWords } from './interrupted-subject.js';
import { leaveFree, type MountedFileSystem, mountTmpfs } from './mounted-file-system.js';
import { judgeDataDirectory, requireNoLeftovers } from './restored-directory.js';
import { secretCluster } from './secret-cluster.js';

const test = suite('full disks');
const scratch = sharedScratchFor(test);

/** So that a backup takes three writes of the program, and a restore one for the snapshot. */
const [ballastBytes, chunkBytes, fileSystemBlocks] = [120_000, 48 * 1024, 128];
const yesterday = 'the archive of yesterday';

const cluster = await secretCluster(ballastBytes);
const [archive, socket] = [scratch.path('cluster.tar.gz'), scratch.path('jaco.sock')];
writeFileSync(archive, cluster.archive);
const daemon: MisbehavingDaemon = await startMisbehavingDaemon(
  { socket },
  {
    async [backupPath]({ sendChunk, end }) {
      for (let start = 0; start < cluster.archive.length; start += chunkBytes) {
        await sendChunk(cluster.archive.subarray(start, start + chunkBytes));
      }
      end({ status: 0 });
    },
  },
);
test.after(() => daemon.close());

/** One run on a disk with little space; whether it was enough. */
type Trial = (fileSystem: MountedFileSystem) => Promise<boolean>;

/** Exit 1 with one sentence that names a path there and the reason. */
function requireNoSpace({ code, stdout, stderr }: Awaited<ReturnType<typeof runJaco>>, path: string): void {
  assert.is(code, 1, stderr);
  assert.is(stdout, '');
  assert.match(
    stderr,
    /^Error: cannot [a-z ]+ \S+: (?:no space left on the device\. Free some space or|that takes \d+ bytes) [^\n]+\n$/,
  );
  assert.ok(stderr.includes(path), stderr);
}

const backUp: Trial = async ({ path }) => {
  const directory = join(path, 'backups');
  const output = join(directory, 'cluster.tar.gz');
  const before = readdirSync(directory);
  const end = await runJaco(['backup', '--socket', socket, '--output', output]);
  if (end.code === 0) {
    assert.equal(readdirSync(directory), ['cluster.tar.gz']);
    assert.ok(readFileSync(output).equals(cluster.archive));
    return true;
  }
  requireNoSpace(end, output);
  assert.equal(readdirSync(directory), before);
  if (before.length > 0) assert.is(readFileSync(output, 'utf8'), yesterday);
  return false;
};

const restore: Trial = async ({ path }) => {
  const dataDirectory = join(path, 'data');
  const judged = { files: createNodeFileSystem(), dataDirectory, cluster };
  const end = await runJaco(restoreWords(archive, dataDirectory));
  if (end.code === 0) {
    assert.is(await judgeDataDirectory(judged), 'restored');
    await requireNoLeftovers(judged);
    return true;
  }
  requireNoSpace(end, dataDirectory);
  assert.equal(readdirSync(dataDirectory), []);
  return false;
};

/** Removes everything from the file system except what is there before a run. */
function prepare(path: string, oldFile: boolean): void {
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
  for (const name of ['backups', 'data']) mkdirSync(join(path, name));
  if (oldFile) writeFileSync(join(path, 'backups/cluster.tar.gz'), yesterday);
}

/** Tries with 0, 1, 2, … of something until it is enough; returns how many were needed. */
async function untilEnough(most: number, work: (amount: number) => Promise<boolean>): Promise<number> {
  for (let amount = 0; amount <= most; amount += 1) if (await work(amount)) return amount;
  throw new Error(`${most} are not enough`);
}

for (const [name, trial, oldFile] of [
  ['backup', backUp, false],
  ['backup over an old file', backUp, true],
  ['restore', restore, false],
] as const) {
  test(`end a ${name} at any number of free blocks and files, with nothing left`, async () => {
    const fileSystem = mountTmpfs(`size=${fileSystemBlocks * 4096},nr_inodes=100`);
    if (fileSystem === undefined) return skipTest(`${name} on full disks (only root can mount one)`);
    try {
      const blocks = await untilEnough(fileSystemBlocks, (amount) => {
        prepare(fileSystem.path, oldFile);
        leaveFree(fileSystem.path, amount);
        return trial(fileSystem);
      });
      prepare(fileSystem.path, oldFile);
      // The root, two directories, and the old file.
      const there = 3 + (oldFile ? 1 : 0);
      const files = await untilEnough(100, (amount) => {
        fileSystem.remount(`nr_inodes=${there + amount}`);
        return trial(fileSystem);
      });
      console.log(
        `\nNOTE: full disks: a ${name} fails cleanly with fewer than ${blocks} free blocks or ${files} free files, and succeeds with these; ${blocks + files + 2} runs`,
      );
      assert.ok(blocks > cluster.archive.length / 4096);
      assert.ok(files > 0);
    } finally {
      fileSystem.unmount();
    }
  });
}

test.run();
