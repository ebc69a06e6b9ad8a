import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCrashes, remembering } from './crash-check.js';
import { eachFault, nameOf } from './faults.js';
import { restoreScenarios } from './restore-scenarios.js';
import { restore } from './restore-under-test.js';
import { judgeRestore } from './restored-state.js';

const test = suite('restores that fail, and power cuts while they clean up');

for (const scenario of restoreScenarios) {
  const judge = remembering(judgeRestore(scenario));
  test(`${scenario.name}: after any failing call every power cut leaves the old state or the restored one`, async () => {
    let states = 0;
    for await (const { call, disk, failedAfter, error } of eachFault(scenario.start, 'EIO', restore)) {
      const reported = error === undefined ? 'success' : 'failure';
      const recording = { start: scenario.start, operations: disk.operations, reported } as const;
      const report = await checkCrashes(recording, judge, { first: failedAfter, limit: 128 });
      assert.is(report.bad, undefined, nameOf(call));
      states += report.states;
    }
    console.log(`\nNOTE: ${scenario.name}: ${states} states after failing calls and power cuts, 0 bad`);
  });
}

test.run();
