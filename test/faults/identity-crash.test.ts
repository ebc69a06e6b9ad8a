import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutSync } from './broken-file-systems.js';
import { checkCrashes, nameOf, type Recording, renderReport, syncsOf } from './crash-check.js';
import { judgeIdentity, restoreWithIdentity, startWithAuthority } from './identity-under-test.js';
import { dataDirectory } from './restore-under-test.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('restores of a node’s identity and power cuts');

async function record(leftOut?: number): Promise<Recording> {
  const disk = createSimulatedDisk(startWithAuthority);
  await restoreWithIdentity(leftOut === undefined ? disk.fileSystem : withoutSync(disk.fileSystem, leftOut));
  return { start: startWithAuthority, operations: disk.operations, reported: 'success' };
}

const whole = await record();

/** From where the identity is staged; what comes before is tried without one. */
const first = whole.operations.findIndex(({ path }) => path.includes('node.restoring'));
const scope = { first, limit: 256 };

test('every power cut leaves the old state or the restored one, with its identity', async () => {
  const report = await checkCrashes(whole, judgeIdentity, scope);
  assert.is(report.bad, undefined);
  assert.ok(report.before > 1 && report.after > 0);
  console.log(`\n${renderReport('restore with an identity', report)}`);
});

/** Syncs of the data directory that come again before the store is moved; without an identity the marker's is the last. */
const repeated = syncsOf(whole)
  .filter(({ path }) => path === dataDirectory)
  .slice(0, -2);

for (const [position, sync] of syncsOf(whole).entries()) {
  if (whole.operations.indexOf(sync) < first || repeated.includes(sync)) continue;
  test(`without sync ${position + 1}, ${nameOf(sync)}, a power cut leaves a bad state`, async () => {
    assert.is.not((await checkCrashes(await record(position), judgeIdentity, scope)).bad, undefined);
  });
}

test.run();
