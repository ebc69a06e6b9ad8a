import { lstatSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runSandbox } from '../../../src/adapters/sandbox/run-sandbox.js';
import { sharedScratchFor } from '../../cli/scratch-directory.js';
import { sandboxMachine } from './sandbox-machine.js';

const test = suite('a sandbox in a process that is not its own');
const scratch = sharedScratchFor(test);
const request = { socket: undefined, listen: undefined, name: 'node-1' };

/** The umask belongs to the process and all its threads: everything that runs meanwhile creates its files under it. */
async function umasksWhile(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const { umask } = process;
  const changes: unknown[] = [];
  process.umask = (mask?: number | string) => {
    if (mask !== undefined) changes.push(mask);
    return mask === undefined ? umask() : umask(mask);
  };
  try {
    await work();
  } finally {
    process.umask = umask;
  }
  return changes;
}

test('leaves the umask alone', async () => {
  const changes = await umasksWhile(async () => {
    const sandbox = await runSandbox({ ...request, dataDirectory: scratch.path('alone') }, sandboxMachine());
    await sandbox.close();
  });
  assert.equal(changes, []);
});

for (const umask of [0, 0o022, 0o777]) {
  test(`opens its socket only to its user and group under the umask ${umask.toString(8)}`, async () => {
    const before = process.umask(umask);
    const dataDirectory = scratch.path(`umask-${umask}`);
    try {
      const sandbox = await runSandbox({ ...request, dataDirectory }, sandboxMachine());
      const { mode } = lstatSync(`${dataDirectory}/jaco.sock`);
      await sandbox.close();
      assert.is(mode.toString(8), '140660');
    } finally {
      process.umask(before);
    }
  });
}

test.run();
