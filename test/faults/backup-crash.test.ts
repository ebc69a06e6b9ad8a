import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupScenarios, judgeBackup, recordBackup } from './backup-under-test.js';
import { withoutSync } from './broken-file-systems.js';
import { checkCrashes, nameOf, remembering, renderReport, syncsOf } from './crash-check.js';

const test = suite('backups and power cuts');

for (const scenario of backupScenarios) {
  const judge = remembering(judgeBackup(scenario));
  const whole = await recordBackup(scenario);

  test(`${scenario.name}: every power cut leaves the old state or the whole new file`, async () => {
    const report = await checkCrashes(whole, judge);
    assert.is(report.bad, undefined);
    assert.ok(report.before > 0 && report.after > 0);
    console.log(`\n${renderReport(scenario.name, report)}`);
  });

  for (const [position, sync] of syncsOf(whole).entries()) {
    test(`${scenario.name}: without sync ${position + 1}, ${nameOf(sync)}, a power cut leaves a bad state`, async () => {
      const mutated = await recordBackup(scenario, (fileSystem) => withoutSync(fileSystem, position));
      assert.is(mutated.operations.length, whole.operations.length - 1);
      assert.is.not((await checkCrashes(mutated, judge)).bad, undefined);
    });
  }
}

test.run();
