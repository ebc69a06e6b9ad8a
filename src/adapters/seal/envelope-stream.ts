import { releasePieces } from '../host/spent-pieces.js';
import { type EnvelopeOpening, openingEnvelope, sealingEnvelope } from './envelope.js';

/** How many bytes are encrypted at a time: the fastest size (docs/performance.md). */
const pieceBytes = 128 * 1024;

/** What each sealed byte leaves besides itself: one in each of two layers, and one in an archive, which it does not let shrink. */
const spentByEachByte = 3;

/**
 * Opens nested envelopes, the outermost first, while the bytes pass, with back-pressure and in bounded memory. The
 * iteration ends only when every envelope is authenticated; callers must not rely on the bytes before. Rethrows what
 * `sealed` throws.
 * @throws what the refusals of the envelopes make
 */
export async function* openEnvelopes(
  sealed: AsyncIterable<Uint8Array>,
  openings: readonly EnvelopeOpening[],
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* through(released(sealed), openings.map(openingEnvelope));
}

/** Seals `plain` into nested envelopes, the innermost first, likewise while the bytes pass. */
export async function* sealEnvelopes(
  plain: AsyncIterable<Uint8Array>,
  sealings: readonly Pick<EnvelopeOpening, 'ring' | 'purpose'>[],
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* through(plain, sealings.map(sealingEnvelope));
}

async function* released(bytes: AsyncIterable<Uint8Array>) {
  for await (const piece of bytes) {
    releasePieces(spentByEachByte * piece.length);
    yield piece;
  }
}

/** A step on the way of the bytes. */
interface Layer {
  take(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

async function* through(bytes: AsyncIterable<Uint8Array>, layers: readonly Layer[]) {
  for await (const piece of bytes) {
    for (let start = 0; start < piece.length; start += pieceBytes) {
      const passed = pass(piece.subarray(start, start + pieceBytes), layers);
      if (passed.length > 0) yield passed;
    }
  }
  // The outermost ends first: its last bytes are the last input of the next one.
  for (const [position, layer] of layers.entries()) {
    const passed = pass(layer.end(), layers.slice(position + 1));
    if (passed.length > 0) yield passed;
  }
}

function pass(bytes: Uint8Array, layers: readonly Layer[]): Uint8Array {
  let passed = bytes;
  for (const layer of layers) {
    if (passed.length === 0) break;
    passed = layer.take(passed);
  }
  return passed;
}
