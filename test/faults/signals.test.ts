import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { fastDirectory } from '../cli/scratch-directory.js';
import { seededRandom } from './crash-states.js';
import { backupSubject, type InterruptedSubject, restoreSubject } from './interrupted-subject.js';
import { type Campaign, interruptOften } from './interruption-campaign.js';
import { secretCluster } from './secret-cluster.js';
import { histogram, runSeed } from './signalled-run.js';

const test = suite('SIGINT and SIGTERM at random moments');

const MiB = 1024 ** 2;
const snapshotBytes = 16 * MiB;

/** Of each signal, for each command. */
const rounds = 40;

const root = mkdtempSync(join(fastDirectory, 'jaco-signals-'));
const [archive, socket] = [join(root, 'cluster.tar.gz'), join(root, 'jaco.sock')];
const cluster = await secretCluster(snapshotBytes);
writeFileSync(archive, cluster.archive);
const daemonProgram = fileURLToPath(new URL('./archive-daemon.js', import.meta.url));
const daemon = await startUntil('listening', process.execPath, [daemonProgram, socket, archive]);

test.after(async () => {
  await daemon.kill();
  rmSync(root, { recursive: true, force: true });
});

async function interrupt(subject: InterruptedSubject, seed: number): Promise<Record<'SIGINT' | 'SIGTERM', Campaign>> {
  const random = seededRandom(seed);
  return {
    SIGINT: await interruptOften(subject, 'SIGINT', rounds, random),
    SIGTERM: await interruptOften(subject, 'SIGTERM', rounds, random),
  };
}

// Both at the same time, on a core each.
const campaigns = {
  restores: interrupt(restoreSubject(root, archive, cluster), runSeed),
  backups: interrupt(backupSubject(root, socket, cluster), runSeed + 1),
};
await Promise.allSettled(Object.values(campaigns));

for (const [name, campaign] of Object.entries(campaigns)) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`end ${name} on ${signal} with nothing left, unless they were done already`, async () => {
      const { signalled, outcomes } = (await campaign)[signal];
      console.log(
        `\nNOTE: ${signal} to ${signalled} ${name} of ${snapshotBytes / MiB} MiB (JACO_TEST_SEED=${runSeed}): ${histogram(outcomes)}; 0 bad`,
      );
      assert.is(signalled, rounds);
      assert.ok(outcomes.some((outcome) => outcome.startsWith('ended with 1')));
    });
  }
}

test.run();
