import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { backupPath, type MisbehavingDaemon, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { type JacoEnd, runJaco } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { seededRandom } from './crash-states.js';
import { restoreWords } from './interrupted-subject.js';
import { judgeDataDirectory, requireNoLeftovers } from './restored-directory.js';
import { type SecretCluster, secretCluster } from './secret-cluster.js';
import { histogram, runSeed } from './signalled-run.js';

const test = suite('two at once');
const scratch = sharedScratchFor(test);

/** Of each kind. The later one starts at random up to so many milliseconds after the other. */
const [rounds, latestMs] = [20, 400];

const chunkBytes = 64 * 1024;
const random = seededRandom(runSeed);
const clusters = [await secretCluster(4_000_000, 'cluster-one'), await secretCluster(4_000_000, 'cluster-two')];
const archiveOf = (cluster: SecretCluster) => scratch.path(`${cluster.metadata.clusterId}.tar.gz`);
const socketOf = (cluster: SecretCluster) => scratch.path(`${cluster.metadata.clusterId}.sock`);
const daemons: MisbehavingDaemon[] = [];
for (const cluster of clusters) {
  const { archive } = cluster;
  writeFileSync(archiveOf(cluster), archive);
  daemons.push(
    await startMisbehavingDaemon(
      { socket: socketOf(cluster) },
      {
        async [backupPath]({ sendChunk, end }) {
          for (let start = 0; start < archive.length; start += chunkBytes) {
            await sendChunk(archive.subarray(start, start + chunkBytes));
          }
          end({ status: 0 });
        },
      },
    ),
  );
}
test.after(async () => {
  for (const daemon of daemons) await daemon.close();
});

/** One run for each cluster, at the same time except for a random delay. */
function bothAtOnce(run: (cluster: SecretCluster) => Promise<JacoEnd>): Promise<readonly JacoEnd[]> {
  const late = Math.floor(random() * 2);
  // Most of them close together.
  const delayMs = random() ** 3 * latestMs;
  return Promise.all(
    clusters.map(async (cluster, at) => {
      if (at === late) await wait(delayMs);
      return run(cluster);
    }),
  );
}

/** The cluster whose run succeeded, which must be one, and what the other one said in its one line. */
function winnerOf(ends: readonly JacoEnd[]): { readonly winner: SecretCluster; readonly complaint: string } {
  const winners = clusters.filter((_, at) => ends[at]?.code === 0);
  const losers = ends.filter(({ code }) => code !== 0);
  assert.is(winners.length, 1, JSON.stringify(ends));
  const [loser] = losers as [JacoEnd];
  assert.is(loser.code, 1);
  assert.is(loser.stdout, '');
  assert.match(loser.stderr, /^Error: [^\n]+\n$/);
  return { winner: winners[0] as SecretCluster, complaint: loser.stderr };
}

test('restores into one directory: one is whole, and the other says why it is not', async () => {
  const told: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const dataDirectory = scratch.path('data');
    if (round % 2 === 0) mkdirSync(dataDirectory);
    const ends = await bothAtOnce((cluster) => runJaco(restoreWords(archiveOf(cluster), dataDirectory)));
    const { winner, complaint } = winnerOf(ends);
    const reason =
      /(another restore or recovery is working on it, or a sandbox runs there|already exists|\S+ exists)\. [A-Z]/.exec(
        complaint,
      )?.[1];
    assert.ok(reason, complaint);
    told.push(reason.replace(/^\S*\/\S* exists$/, 'exists'));
    const judged = { files: createNodeFileSystem(), dataDirectory, cluster: winner };
    assert.is(await judgeDataDirectory(judged), 'restored');
    await requireNoLeftovers(judged);
    rmSync(dataDirectory, { recursive: true });
  }
  assert.ok(told.includes('another restore or recovery is working on it, or a sandbox runs there'));
  console.log(`\nNOTE: two restores at once (JACO_TEST_SEED=${runSeed}): ${histogram(told)}; 0 mixed`);
});

test('backups to one file: it is whole, and one that is refused says why', async () => {
  const told: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const directory = scratch.directory('backups');
    const output = `${directory}/cluster.tar.gz`;
    if (round % 2 === 0) writeFileSync(output, 'the archive of yesterday');
    const ends = await bothAtOnce((cluster) => runJaco(['backup', '--socket', socketOf(cluster), '--output', output]));
    assert.equal(readdirSync(directory), ['cluster.tar.gz']);
    const content = readFileSync(output);
    // If one had ended before the other began, the later one replaces it.
    if (ends.every(({ code }) => code === 0)) {
      assert.ok(clusters.some(({ archive }) => content.equals(archive)));
      told.push('one after the other');
    } else {
      const { winner, complaint } = winnerOf(ends);
      assert.match(complaint, /cluster\.tar\.gz: another backup is writing it\. Wait for it to end, or choose another/);
      assert.ok(content.equals(winner.archive));
      told.push('another backup is writing it');
    }
    rmSync(directory, { recursive: true });
  }
  assert.ok(told.includes('another backup is writing it'));
  console.log(`\nNOTE: two backups at once (JACO_TEST_SEED=${runSeed}): ${histogram(told)}; 0 mixed`);
});

test.run();
