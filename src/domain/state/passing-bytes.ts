import { stopIfInterrupted } from '../errors.js';

/** Bytes that are counted as they pass. */
export interface PassingBytes {
  /** The same pieces; may be iterated once. @throws interrupted */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many have passed so far. */
  sizeBytes(): number;
}

/** Counts the bytes of `source` as they pass, and stops when `signal` fires. Rethrows what `source` throws. */
export function countPassing(source: AsyncIterable<Uint8Array>, signal: AbortSignal): PassingBytes {
  let sizeBytes = 0;
  async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of source) {
      stopIfInterrupted(signal);
      sizeBytes += piece.length;
      yield piece;
    }
  }
  return { bytes: pass(), sizeBytes: () => sizeBytes };
}
