import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutSync } from './broken-file-systems.js';
import { checkCrashes, nameOf, remembering, renderReport, syncsOf } from './crash-check.js';
import { defaultStateLimit } from './crash-states.js';
import { restoreScenarios } from './restore-scenarios.js';
import { commitBeforeMarker } from './restore-under-test.js';
import { judgeRestore, recordRestore } from './restored-state.js';

const test = suite('restores and power cuts');

for (const scenario of restoreScenarios) {
  const judge = remembering(judgeRestore(scenario));
  const whole = await recordRestore(scenario);
  const scope = { limit: scenario.stateLimit ?? defaultStateLimit };

  test(`${scenario.name}: every power cut leaves the old state or the restored one`, async () => {
    const report = await checkCrashes(whole, judge, scope);
    assert.is(report.bad, undefined);
    assert.ok(report.before > 1 && report.after > 0);
    console.log(`\n${renderReport(scenario.name, report)}`);
  });

  // The check itself: without any one of the syncs, or with another order, it must find a bad state.
  for (const [position, sync] of syncsOf(whole).entries()) {
    test(`${scenario.name}: without sync ${position + 1}, ${nameOf(sync)}, a power cut leaves a bad state`, async () => {
      const mutated = await recordRestore(scenario, (fileSystem) => withoutSync(fileSystem, position));
      assert.is(mutated.operations.length, whole.operations.length - 1);
      assert.is.not((await checkCrashes(mutated, judge, scope)).bad, undefined);
    });
  }

  test(`${scenario.name}: with the store moved before the marker, a power cut leaves a bad state`, async () => {
    const mutated = await recordRestore(scenario, undefined, { rewire: commitBeforeMarker });
    assert.is.not((await checkCrashes(mutated, judge, scope)).bad, undefined);
  });
}

test.run();
