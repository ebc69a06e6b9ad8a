import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCrashes, remembering } from './crash-check.js';
import { eachFault, nameOf } from './faults.js';
import { type RestoreScenario, restoreOf, restoreScenarios } from './restore-scenarios.js';
import { dataDirectory } from './restore-under-test.js';
import { judgeRestore } from './restored-state.js';
import type { SimulatedDisk } from './simulated-disk.js';

const test = suite('restores that fail, and power cuts while they clean up');

/**
 * Of a restore with an identity every third failing call is enough, and none before it comes to the identity: until
 * then it does what one without does, which is a scenario of its own. A sealed store is cleaned up as a plain one.
 */
function isLeftOut({ archive, ring }: RestoreScenario, { operations }: SimulatedDisk, position: number): boolean {
  if (ring !== undefined && position % 3 !== 0) return true;
  if (archive.authority === undefined) return false;
  return position % 3 !== 0 || !operations.some(({ path }) => path.startsWith(`${dataDirectory}/node`));
}

for (const scenario of restoreScenarios) {
  const judge = remembering(judgeRestore(scenario));
  test(`${scenario.name}: after any failing call every power cut leaves the old state or the restored one`, async () => {
    let [states, position] = [0, 0];
    for await (const { call, disk, failedAfter, error } of eachFault(scenario.start, 'EIO', restoreOf(scenario))) {
      if (isLeftOut(scenario, disk, position++)) continue;
      const reported = error === undefined ? 'success' : 'failure';
      const recording = { start: scenario.start, operations: disk.operations, reported } as const;
      const report = await checkCrashes(recording, judge, {
        first: failedAfter,
        limit: scenario.stateLimit === undefined ? 128 : 8,
      });
      assert.is(report.bad, undefined, nameOf(call));
      states += report.states;
    }
    console.log(`\nNOTE: ${scenario.name}: ${states} states after failing calls and power cuts, 0 bad`);
  });
}

test.run();
