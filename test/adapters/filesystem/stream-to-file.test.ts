import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { streamToFile } from '../../../src/adapters/filesystem/stream-to-file.js';
import { failingAfter, streamOf } from '../../builders/byte-streams.js';
import { thrownBy } from '../../builders/outcome.js';

const test = suite('a stream written to a file');
const mebibyte = 1024 * 1024;

/** A file that only notes what is asked of it, in order, and when each thing has ended. */
function watchedFile({ syncMs = 0, failing }: { readonly syncMs?: number; readonly failing?: 'write' | 'sync' } = {}) {
  const steps: string[] = [];
  const failure = new Error('the disk is broken');
  async function step(name: 'write' | 'sync', ms: number): Promise<void> {
    steps.push(name);
    if (ms > 0) await sleep(ms);
    steps.push(`${name} ended`);
    if (name === failing) throw failure;
  }
  return { steps, failure, file: { write: () => step('write', 0), sync: () => step('sync', syncMs) } };
}

/** As many pieces of 8 MiB, all of them the same bytes. */
const large = (pieces: number) => streamOf(...Array<Uint8Array>(pieces).fill(new Uint8Array(8 * mebibyte)));

test('is not synced on the way while it is small: the last sync is the caller’s', async () => {
  const { steps, file } = watchedFile();
  assert.is(await streamToFile(large(4), file), 32 * mebibyte);
  assert.not(steps.includes('sync'));
});

test('is synced every 32 MiB when it is large', async () => {
  const { steps, file } = watchedFile();
  await streamToFile(large(16), file);
  assert.is(steps.filter((step) => step === 'sync').length, 3);
});

test('is written while it is synced, one sync at a time', async () => {
  const { steps, file } = watchedFile({ syncMs: 50 });
  await streamToFile(large(16), file);
  const during = steps.slice(steps.indexOf('sync') + 1, steps.indexOf('sync ended'));
  assert.ok(during.includes('write'));
  assert.not(during.includes('sync'));
});

test('ends when its last sync has', async () => {
  const { steps, file } = watchedFile({ syncMs: 50 });
  await streamToFile(large(5), file);
  assert.is(steps.at(-1), 'sync ended');
});

for (const failing of ['write', 'sync'] as const) {
  test(`fails with the failure of a ${failing}`, async () => {
    const { failure, file } = watchedFile({ failing });
    assert.is(await thrownBy(streamToFile(large(5), file)), failure);
  });
}

test('fails with the failure of its source once nothing needs the file any more', async () => {
  const { steps, file } = watchedFile({ syncMs: 50 });
  const failure = new Error('the source broke');
  async function* source() {
    yield* large(5);
    yield* failingAfter(failure);
  }
  assert.is(await thrownBy(streamToFile(source(), file)), failure);
  assert.is(steps.at(-1), 'sync ended');
});

test.run();
