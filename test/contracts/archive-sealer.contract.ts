import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveSealer } from '../../src/ports/archive-sealer.js';
import { collect, failingAfter, inChunksOf, streamOf } from '../builders/byte-streams.js';
import { noise } from '../builders/snapshot-bytes.js';

/** One implementation, and what undoes it. */
export interface Harness {
  readonly sealer: ArchiveSealer;
  open(sealed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** What {@link ArchiveSealer} promises, for any implementation. */
export function archiveSealerContract(name: string, harness: () => Promise<Harness>): void {
  const test = suite(`ArchiveSealer contract: ${name}`);

  for (const sizeBytes of [0, 1, 65_536, 200_000]) {
    test(`returns ${sizeBytes} bytes unchanged, from any pieces`, async () => {
      const { sealer, open } = await harness();
      const bytes = noise(sizeBytes);
      assert.ok((await collect(open(sealer.seal(inChunksOf(1_000, bytes))))).equals(bytes));
    });
  }

  test('reveals nothing of what it seals', async () => {
    const { sealer } = await harness();
    assert.not.ok((await collect(sealer.seal(streamOf('the CA key')))).includes('the CA key'));
  });

  test('rethrows what its source throws', async () => {
    const { sealer } = await harness();
    const failure = new Error('the stream broke');
    const thrown = await collect(sealer.seal(failingAfter(failure, 'half'))).catch((error: unknown) => error);
    assert.is(thrown, failure);
  });

  test.run();
}
