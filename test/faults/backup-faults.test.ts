import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type BackupScenario,
  backUp,
  backupScenarios,
  destination,
  hasTemporaryFile,
  judgeBackup,
} from './backup-under-test.js';
import { checkCrashes, remembering } from './crash-check.js';
import { type Errno, eachFault, type FaultOutcome, faults, nameOf, requireSentence } from './faults.js';

const test = suite('backups and failing calls');

/**
 * The one call after which the old file cannot be had back: the new one has its name already, and only whether the
 * name is durable is unknown.
 */
function cannotBeTakenBack({ replaces }: BackupScenario, { call, disk }: FaultOutcome): boolean {
  return replaces && call.method === 'syncDirectory' && disk.operations.at(-1)?.path === destination;
}

for (const scenario of backupScenarios) {
  const judge = remembering(judgeBackup(scenario));
  for (const errno of Object.keys(faults) as Errno[]) {
    test(`${scenario.name}: ${errno} of any call is reported, leaves nothing, and a retry succeeds`, async () => {
      let calls = 0;
      for await (const outcome of eachFault(scenario.start, errno, backUp)) {
        const { call, disk, error } = outcome;
        calls += 1;
        requireSentence(error, errno, call, [destination]);
        const expected = cannotBeTakenBack(scenario, outcome) ? 'after' : 'before';
        assert.equal(await judge(disk.image()), { kind: expected }, nameOf(call));
        if (disk.operations.length > 0) assert.not(await hasTemporaryFile(disk.fileSystem), nameOf(call));
      }
      console.log(`\nNOTE: ${scenario.name}: ${errno} at each of ${calls} calls`);
    });
  }

  test(`${scenario.name}: a disk that fails for good is reported with its first error, and no partial file appears`, async () => {
    for await (const { call, disk, error } of eachFault(scenario.start, 'EIO', backUp, 'for good')) {
      requireSentence(error, 'EIO', call, [destination]);
      assert.is.not((await judge(disk.image())).kind, 'bad', nameOf(call));
    }
  });

  test(`${scenario.name}: a power cut while a failed backup cleans up leaves the old state or the whole new file`, async () => {
    let states = 0;
    for await (const { call, disk, failedAfter } of eachFault(scenario.start, 'EIO', backUp)) {
      const recording = { start: scenario.start, operations: disk.operations, reported: 'failure' } as const;
      const report = await checkCrashes(recording, judge, { first: failedAfter });
      assert.is(report.bad, undefined, nameOf(call));
      states += report.states;
    }
    console.log(`\nNOTE: ${scenario.name}: ${states} states after failing calls and power cuts, 0 bad`);
  });
}

test.run();
