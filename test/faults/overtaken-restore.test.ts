import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf } from '../builders/outcome.js';
import { describeDisk } from './disk-image.js';
import { createHeldLocks } from './held-locks.js';
import { restoreScenarios } from './restore-scenarios.js';
import { firstRun, restore, secondRun } from './restore-under-test.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('a restore that another one overtakes');

const overtaken = ['restore into an empty directory', 'restore with an identity'];

for (const { name, start } of restoreScenarios.filter(({ name }) => overtaken.includes(name))) {
  test(`says so and takes nothing of it away: ${name}`, async () => {
    const disk = createSimulatedDisk(start);
    const locks = createHeldLocks();
    let afterTheFirst: readonly string[] = [];
    const late = restore(disk.fileSystem, {
      nowMs: secondRun,
      locks: {
        held: locks.held,
        // It has checked the directory, and the other restore begins and ends before it gets the lock.
        async acquire(directory, name) {
          await restore(disk.fileSystem, { nowMs: firstRun });
          afterTheFirst = describeDisk(disk.image());
          return locks.acquire(directory, name);
        },
      },
    });
    assert.is(await codeOf(late), 'raft_store_exists');
    assert.equal(describeDisk(disk.image()), afterTheFirst);
    assert.is(locks.held.size, 0);
  });
}

test.run();
