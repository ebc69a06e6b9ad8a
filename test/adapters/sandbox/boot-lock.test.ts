import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bootSandbox } from '../../../src/adapters/sandbox/boot.js';
import { refusalOf } from '../../builders/outcome.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { sandboxMachine, withBooted } from './sandbox-machine.js';

const test = suite('lock of the sandbox');
const scratch = scratchFor(test);
const data = () => scratch.path('data');

test('keeps others out while it runs', async () => {
  await withBooted(data(), async () => {
    const error = await refusalOf(bootSandbox({ dataDirectory: data(), name: undefined }, sandboxMachine()));
    assert.is(error.code, 'in_progress');
    assert.is(error.message, `cannot boot ${data()}: another jaco process uses it.`);
  });
});

test('boots what it has founded, even if another sandbox came meanwhile', async () => {
  const machine = sandboxMachine();
  let locked = 0;
  // What another sandbox does between two locks of this one: it holds the second.
  const acquireLock: typeof machine.acquireLock = async (directory, name) => {
    locked += 1;
    return locked === 1 ? machine.acquireLock(directory, name) : undefined;
  };
  await withBooted(data(), ({ origin }) => assert.is(origin, 'created'), { ...machine, acquireLock });
  assert.is(locked, 1);
});

test.run();
