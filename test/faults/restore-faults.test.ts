import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remembering } from './crash-check.js';
import { type DiskImage, describeDisk } from './disk-image.js';
import { type Errno, eachFault, faults, nameOf, requireSentence } from './faults.js';
import { type RestoreScenario, restoreScenarios } from './restore-scenarios.js';
import { archivePath, dataDirectory, restore } from './restore-under-test.js';
import { judgeRestore } from './restored-state.js';

const test = suite('restores and failing calls');

/** Beside the path of the call itself, what a sentence may name. */
const named = [archivePath, dataDirectory];

/** What a failed restore left or took away; empty lines are the promise. Old leftovers may go. */
function changes({ start, leftovers }: RestoreScenario, now: DiskImage): readonly string[] {
  const [before, after] = [describeDisk(start), describeDisk(now)];
  const gone = before.filter((line) => !after.includes(line) && !leftovers.includes(line.split(' ')[0] as string));
  return [...after.filter((line) => !before.includes(line)), ...gone];
}

/** The calls whose failure is none of the restore's: the archive was only read, and the record has served its purpose. */
function tolerable({ archive }: RestoreScenario): readonly string[] {
  const record = ['linkStatus', 'removeFile'].map((method) => `${method} ${dataDirectory}/node.restoring`);
  return [...(archive.authority === undefined ? [] : record), `close ${archivePath}`];
}

for (const scenario of restoreScenarios) {
  const judge = remembering(judgeRestore(scenario));
  for (const errno of Object.keys(faults) as Errno[]) {
    test(`${scenario.name}: ${errno} of any call is told, leaves nothing, and a retry succeeds`, async () => {
      let calls = 0;
      const tolerated: string[] = [];
      for await (const { call, disk, error } of eachFault(scenario.start, errno, restore)) {
        calls += 1;
        const verdict = await judge(disk.image());
        if (error === undefined) {
          tolerated.push(nameOf(call));
          assert.equal(verdict, { kind: 'after' }, nameOf(call));
          continue;
        }
        requireSentence(error, errno, call, named);
        assert.equal(changes(scenario, disk.image()), [], nameOf(call));
        assert.equal(verdict, { kind: 'before' }, nameOf(call));
      }
      assert.equal(tolerated, tolerable(scenario));
      console.log(`\nNOTE: ${scenario.name}: ${errno} at each of ${calls} calls`);
    });
  }

  test(`${scenario.name}: a disk that fails for good is told by its first error, and nothing is half restored`, async () => {
    for await (const { call, disk, error } of eachFault(scenario.start, 'EIO', restore, 'for good')) {
      if (error !== undefined) requireSentence(error, 'EIO', call, named);
      const { kind } = await judge(disk.image());
      assert.is.not(kind, 'bad', nameOf(call));
    }
  });
}

test.run();
