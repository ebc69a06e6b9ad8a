import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyringOf, placeKeyring } from '../builders/keyrings.js';
import { fastDirectory } from '../cli/scratch-directory.js';
import { seededRandom } from './crash-states.js';
import { restoreSubject } from './interrupted-subject.js';
import { killOften } from './interruption-campaign.js';
import { reencryptionSubject } from './reencryption-subject.js';
import { secretCluster } from './secret-cluster.js';
import { histogram, runSeed } from './signalled-run.js';

const test = suite('kill -9 at random moments, of sealed state');

const MiB = 1024 ** 2;
const snapshotBytes = 8 * MiB;
const kills = 6;

const root = mkdtempSync(join(fastDirectory, 'jaco-kill-'));
const archive = join(root, 'sealed.tar.gz');
const cluster = await secretCluster(snapshotBytes, '6f1c0d9e', keyringOf('ring-1'));
writeFileSync(archive, cluster.archive);
const keyFile = placeKeyring('ring-1', join(root, 'ring-1.json'));
const nextKeyFile = placeKeyring('ring-2', join(root, 'ring-2.json'));

test.after(() => rmSync(root, { recursive: true, force: true }));

const reencryption = { archive, keyFile, nextKeyFile, nextRing: keyringOf('ring-2'), cluster };
// Both at the same time, on a core each.
const campaigns = {
  restores: killOften(restoreSubject(root, archive, cluster, keyFile), kills, seededRandom(runSeed)),
  're-encryptions': killOften(reencryptionSubject(root, reencryption), kills, seededRandom(runSeed + 1)),
};
await Promise.allSettled(Object.values(campaigns));

for (const [name, campaign] of Object.entries(campaigns)) {
  test(`leaves ${name} as they were before or wholly done, and the same command succeeds next`, async () => {
    const { signalled, retries, outcomes } = await campaign;
    console.log(
      `\nNOTE: kill -9 of ${signalled} sealed ${name} of ${snapshotBytes / MiB} MiB (JACO_TEST_SEED=${runSeed}): ${histogram(outcomes)}; ${retries} repeated, 0 bad`,
    );
    assert.is(signalled, kills);
  });
}

test.run();
