import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf } from '../builders/outcome.js';
import { describeDisk, plantDisk } from './disk-image.js';
import { createHeldLocks } from './held-locks.js';
import { restoreWithIdentity, startWithAuthority } from './identity-under-test.js';
import { archivePath, archiveToRestore, dataDirectory, firstRun, restore, secondRun } from './restore-under-test.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('a restore that another one overtakes');

for (const [what, start, run] of [
  [
    'without an identity',
    plantDisk([{ path: archivePath, bytes: archiveToRestore.bytes }, { path: dataDirectory }]),
    restore,
  ],
  ['with an identity', startWithAuthority, restoreWithIdentity],
] as const) {
  test(`says so and takes nothing of it away, ${what}`, async () => {
    const disk = createSimulatedDisk(start);
    const locks = createHeldLocks();
    let afterTheFirst: readonly string[] = [];
    const overtaken = run(disk.fileSystem, {
      nowMs: secondRun,
      locks: {
        held: locks.held,
        // It has looked at the directory, and the other one begins and ends before it gets the lock.
        async acquire(name) {
          await run(disk.fileSystem, { nowMs: firstRun });
          afterTheFirst = describeDisk(disk.image());
          return locks.acquire(name);
        },
      },
    });
    assert.is(await codeOf(overtaken), 'raft_store_exists');
    assert.equal(describeDisk(disk.image()), afterTheFirst);
    assert.is(locks.held.size, 0);
  });
}

test.run();
