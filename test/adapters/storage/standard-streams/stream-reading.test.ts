import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStreamedBackup } from '../../../../src/adapters/storage/standard-streams/stream-reading.js';
import { collect, failingAfter, watchedStream } from '../../../builders/byte-streams.js';
import { codeOf, refusalOf, thrownBy } from '../../../builders/outcome.js';

const test = suite('a backup in a stream');
const never = new AbortController().signal;

/** A silent stream. */
const silent: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
};

test('is waited for until the signal fires, even if nothing comes', async () => {
  const interruption = new AbortController();
  const reading = codeOf(collect(openStreamedBackup(silent, interruption.signal, false).read()));
  interruption.abort();
  assert.is(await reading, 'interrupted');
});

test('is let go when the reading is given up half-way', async () => {
  const { seen, stream } = watchedStream(failingAfter(new Error('too late'), 'one', 'two'));
  for await (const _ of openStreamedBackup(stream, never, false).read()) break;
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(seen.ended, true);
});

test('that cannot be read is named, with the reason', async () => {
  const failure = Object.assign(new Error('EIO'), { code: 'EIO' });
  const refusal = await refusalOf(collect(openStreamedBackup(failingAfter(failure, 'half'), never, false).read()));
  assert.is(refusal.code, 'archive_unreadable');
  assert.match(refusal.message, /^cannot read the archive on standard input: the device reported/);
});

test('rethrows an unexpected error', async () => {
  const bug = new Error('a bug');
  assert.is(await thrownBy(collect(openStreamedBackup(failingAfter(bug), never, false).read())), bug);
});

test.run();
