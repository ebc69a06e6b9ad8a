import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gather } from '../../../src/adapters/archive/gather.js';
import { collect, failingAfter, inChunksOf, streamOf } from '../../builders/byte-streams.js';
import { thrownBy } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';

const test = suite('gathered pieces');

async function sizesOf(pieces: AsyncIterable<Uint8Array>): Promise<number[]> {
  const sizes = [];
  for await (const piece of gather(pieces, 262_144)) sizes.push(piece.length);
  return sizes;
}

test('hold the same bytes', async () => {
  const bytes = noise(700_000);
  for (const size of [1_000, 65_536, 300_000]) {
    assert.ok((await collect(gather(inChunksOf(size, bytes), 262_144))).equals(bytes), `${size}`);
  }
});

test('have the requested size or a little more, except the last', async () => {
  assert.equal(await sizesOf(inChunksOf(100_000, new Uint8Array(700_000))), [300_000, 300_000, 100_000]);
});

test('are unchanged if they are large, and absent if nothing comes', async () => {
  assert.equal(await sizesOf(streamOf(new Uint8Array(262_144), new Uint8Array(900_000))), [262_144, 900_000]);
  assert.equal(await sizesOf(streamOf()), []);
  assert.equal(await sizesOf(streamOf(new Uint8Array(0))), []);
});

test('hold the same bytes from a source of single bytes, and release most of its pieces on the way', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const bytes = noise(5_000);
  const pieces: WeakRef<Uint8Array>[] = [];
  let held = 0;
  async function* single() {
    for (let at = 0; at < bytes.length; at++) {
      const piece = bytes.slice(at, at + 1);
      pieces.push(new WeakRef(piece));
      yield piece;
    }
    await setImmediate();
    collectGarbage();
    held = pieces.filter((piece) => piece.deref() !== undefined).length;
  }
  assert.ok((await collect(gather(single(), 262_144))).equals(bytes));
  assert.ok(held <= 1_024, `${held}`);
});

test('end with the failure of their source', async () => {
  const failure = new Error('the source broke');
  assert.is(await thrownBy(collect(gather(failingAfter(failure, 'half'), 262_144))), failure);
});

test.run();
