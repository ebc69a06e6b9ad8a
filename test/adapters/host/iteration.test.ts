import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { iterationOf } from '../../../src/adapters/host/iteration.js';

const test = suite('an iteration made of calls');

/** An iteration of 1, 2 and 3 that notes how it is called. */
function counting() {
  const calls: string[] = [];
  let last = 0;
  const iteration = iterationOf<number>(
    async () => {
      calls.push('next');
      last += 1;
      return last > 3 ? { value: undefined, done: true } : { value: last, done: false };
    },
    async () => calls.push('close'),
  );
  return { calls, iteration, iterator: iteration[Symbol.asyncIterator]() };
}

test('yields what its steps return, and is not closed when it finishes', async () => {
  const { calls, iteration } = counting();
  const seen: number[] = [];
  for await (const item of iteration) seen.push(item);
  assert.equal(seen, [1, 2, 3]);
  assert.equal(calls, ['next', 'next', 'next', 'next']);
});

test('takes no further step once it has ended, however often it is asked', async () => {
  const { calls, iteration, iterator } = counting();
  for await (const _ of iteration);
  for (let asked = 0; asked < 3; asked += 1) assert.is((await iterator.next()).done, true);
  assert.is(calls.length, 4);
});

test('is closed when it is left early, and takes no further step', async () => {
  const { calls, iteration, iterator } = counting();
  for await (const _ of iteration) break;
  assert.is((await iterator.next()).done, true);
  assert.equal(calls, ['next', 'close']);
});

test.run();
