import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isJacoError, type JacoError } from '../../src/domain/errors.js';
import { type Call, refusing } from './broken-file-systems.js';
import { checkCrashes, remembering } from './crash-check.js';
import { defaultStateLimit } from './crash-states.js';
import { createHeldLocks } from './held-locks.js';
import { type RestoreScenario, restoreOf, restoreScenarios } from './restore-scenarios.js';
import { dataDirectory } from './restore-under-test.js';
import { judgeRestore } from './restored-state.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('restores whose last sync fails, and whose way back fails too');

const [raft, staging] = [`${dataDirectory}/raft`, `${dataDirectory}/raft.restoring`];
const isMoveTo = (call: Call) => call.method === 'rename' && call.path === staging;
const isMoveBack = (call: Call) => call.method === 'rename' && call.path === raft;
const isLastSync = (call: Call) => call.method === 'syncDirectory' && call.path === dataDirectory;

/** What fails once the store has been moved; `moves` counts the moves into place so far. */
const failures = {
  'the sync, and the rename back': { fails: (call: Call) => isLastSync(call) || isMoveBack(call), standsAt: raft },
  'the sync, and that of the rename back': { fails: isLastSync, standsAt: raft },
  'both syncs, and the second move into place': {
    fails: (call: Call, moves: number) => isLastSync(call) || (isMoveTo(call) && moves > 1),
    standsAt: staging,
  },
} as const;

/** Restores on a disk on which that fails. */
async function restoreInDoubt(scenario: RestoreScenario, fails: (call: Call, moves: number) => boolean) {
  const disk = createSimulatedDisk(scenario.start);
  const locks = createHeldLocks();
  let moves = 0;
  let movedAfter = 0;
  const fileSystem = refusing(disk.fileSystem, (call) => {
    if (isMoveTo(call)) moves += 1;
    if (moves === 1 && isMoveTo(call)) movedAfter = disk.operations.length;
    return moves > 0 && !(moves === 1 && isMoveTo(call)) && fails(call, moves);
  });
  const error = await restoreOf(scenario)(fileSystem, { locks }).catch((thrown: unknown) => thrown);
  assert.is(locks.held.size, 0);
  assert.ok(isJacoError(error), String(error));
  return { disk, error, movedAfter };
}

function requireDoubt({ code, message, remedies, details }: JacoError, standsAt: string): void {
  assert.is(code, 'restore_in_doubt');
  assert.ok(message.startsWith(`cannot sync the directory ${dataDirectory} to disk: `), message);
  assert.match(message, `stands complete in ${standsAt}, with its marker ${dataDirectory}/restore.txt`);
  assert.match(JSON.stringify(remedies), `${raft}/log.db`);
  assert.equal(details, { errno: 'EIO', path: standsAt });
}

for (const scenario of restoreScenarios) {
  const judge = remembering(judgeRestore(scenario));
  for (const [what, { fails, standsAt }] of Object.entries(failures)) {
    test(`${scenario.name}: ${what} fail, which is reported, and store, marker and identity stay together`, async () => {
      const { disk, error } = await restoreInDoubt(scenario, fails);
      requireDoubt(error, standsAt);
      assert.equal(await judge(disk.image()), { kind: standsAt === raft ? 'after' : 'before' });
      assert.ok((await disk.fileSystem.linkStatus(`${dataDirectory}/restore.txt`)) !== undefined);
    });

    test(`${scenario.name}: ${what} fail, and a power cut leaves the old state or the restored one`, async () => {
      const { disk, movedAfter } = await restoreInDoubt(scenario, fails);
      const recording = { start: scenario.start, operations: disk.operations, reported: 'failure' } as const;
      const report = await checkCrashes(recording, judge, {
        first: movedAfter,
        limit: scenario.stateLimit ?? defaultStateLimit,
      });
      assert.is(report.bad, undefined);
      assert.ok(report.before > 0 && report.after > 0);
      console.log(`\nNOTE: ${scenario.name}: ${what} fail, ${report.states} states after power cuts, 0 bad`);
    });
  }
}

test.run();
