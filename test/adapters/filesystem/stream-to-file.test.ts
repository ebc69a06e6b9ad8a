import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { streamToFile } from '../../../src/adapters/filesystem/stream-to-file.js';
import { failingAfter, streamOf } from '../../builders/byte-streams.js';
import { thrownBy } from '../../builders/outcome.js';

const test = suite('a stream written to a file');

/** A file whose writes take a moment, and which notes what is asked of it and when that has ended. */
function slowFile(failure?: Error) {
  const steps: string[] = [];
  async function write(bytes: Uint8Array): Promise<void> {
    steps.push(`write ${bytes.length}`);
    await sleep(10);
    steps.push('written');
    if (failure !== undefined) throw failure;
  }
  return { steps, file: { write } };
}

/** The texts as pieces, each noted when it is pulled. */
async function* noted(steps: string[], ...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    steps.push('pull');
    yield Buffer.from(text);
  }
}

test('pulls the next piece while one is being written, and no further', async () => {
  const { steps, file } = slowFile();
  assert.is(await streamToFile(noted(steps, 'a', 'bc', 'def'), file), 6);
  const writes = ['pull', 'write 1', 'pull', 'written', 'write 2', 'pull', 'written', 'write 3', 'written'];
  assert.equal(steps, writes);
});

test('fails with the failure of a write, and pulls no more', async () => {
  const failure = new Error('the disk is broken');
  const { steps, file } = slowFile(failure);
  assert.is(await thrownBy(streamToFile(noted(steps, 'a', 'b', 'c', 'd'), file)), failure);
  assert.is(steps.filter((step) => step === 'pull').length, 2);
});

test('fails with the failure of the last write', async () => {
  const failure = new Error('the disk is broken');
  assert.is(await thrownBy(streamToFile(streamOf('a'), slowFile(failure).file)), failure);
});

test('fails with the failure of its source once no write runs any more', async () => {
  const failure = new Error('the source broke');
  const { steps, file } = slowFile();
  assert.is(await thrownBy(streamToFile(failingAfter(failure, 'a'), file)), failure);
  assert.is(steps.at(-1), 'written');
});

test.run();
