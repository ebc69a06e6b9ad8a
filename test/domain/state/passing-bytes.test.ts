import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countPassing } from '../../../src/domain/state/passing-bytes.js';
import { collect, failingAfter, streamOf, watchedStream } from '../../builders/byte-streams.js';
import { codeOf, thrownBy } from '../../builders/outcome.js';

const test = suite('countPassing');
const never = new AbortController().signal;

test('passes pieces on as they are, and counts them', async () => {
  const passing = countPassing(streamOf('one ', '', 'two'), never);
  assert.is(passing.sizeBytes(), 0);
  assert.is(String(await collect(passing.bytes)), 'one two');
  assert.is(passing.sizeBytes(), 7);
});

test('pulls nothing before it is pulled from, and lets go when the taking is given up', async () => {
  const { seen, stream } = watchedStream(streamOf('one', 'two', 'three'));
  const passing = countPassing(stream, never);
  assert.is(seen.pulled, 0);
  for await (const _ of passing.bytes) break;
  assert.is(passing.sizeBytes(), 3);
  assert.is(seen.ended, true);
});

test('rethrows what its source throws', async () => {
  const failure = new Error('disk');
  assert.is(await thrownBy(collect(countPassing(failingAfter(failure, Buffer.from('one')), never).bytes)), failure);
});

test('stops once it is interrupted', async () => {
  assert.is(await codeOf(collect(countPassing(streamOf('one'), AbortSignal.abort()).bytes)), 'interrupted');
});

test.run();
