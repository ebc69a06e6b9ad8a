import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { fastDirectory } from '../cli/scratch-directory.js';
import { seededRandom } from './crash-states.js';
import { backupSubject, type InterruptedSubject, restoreSubject } from './interrupted-subject.js';
import { type Campaign, killOften } from './interruption-campaign.js';
import { secretCluster } from './secret-cluster.js';
import { histogram, runSeed } from './signalled-run.js';

const test = suite('kill -9 at random moments');

const MiB = 1024 ** 2;
const snapshotBytes = 64 * MiB;

/** Kills of each command: in memory, and on a disk whose syncs take time. */
const kills = { fast: 95, slow: 8 } as const;

const [fast, slow] = [fastDirectory, tmpdir()].map((parent) => mkdtempSync(join(parent, 'jaco-kill-'))) as [
  string,
  string,
];
const [archive, socket] = [join(fast, 'cluster.tar.gz'), join(fast, 'jaco.sock')];
const cluster = await secretCluster(snapshotBytes);
writeFileSync(archive, cluster.archive);
const daemonProgram = fileURLToPath(new URL('./archive-daemon.js', import.meta.url));
const daemon = await startUntil('listening', process.execPath, [daemonProgram, socket, archive]);

test.after(async () => {
  await daemon.kill();
  for (const directory of [fast, slow]) rmSync(directory, { recursive: true, force: true });
});

async function killIn(subjectIn: (root: string) => InterruptedSubject, seed: number): Promise<Campaign> {
  const random = seededRandom(seed);
  const inMemory = await killOften(subjectIn(fast), kills.fast, random);
  const onDisk = await killOften(subjectIn(slow), kills.slow, random);
  return {
    signalled: inMemory.signalled + onDisk.signalled,
    retries: inMemory.retries + onDisk.retries,
    outcomes: [...inMemory.outcomes, ...onDisk.outcomes],
  };
}

// Both at the same time, on a core each.
const campaigns = {
  restores: killIn((root) => restoreSubject(root, archive, cluster), runSeed),
  backups: killIn((root) => backupSubject(root, socket, cluster), runSeed + 1),
};
await Promise.allSettled(Object.values(campaigns));

for (const [name, campaign] of Object.entries(campaigns)) {
  test(`leaves ${name} as they were before or wholly done, and the same command succeeds next`, async () => {
    const { signalled, retries, outcomes } = await campaign;
    console.log(
      `\nNOTE: kill -9 of ${signalled} ${name} of ${snapshotBytes / MiB} MiB (JACO_TEST_SEED=${runSeed}): ${histogram(outcomes)}; ${retries} repeated, 0 bad`,
    );
    assert.is(signalled, kills.fast + kills.slow);
    assert.ok(outcomes.some((outcome) => outcome.endsWith('half written')));
  });
}

test.run();
