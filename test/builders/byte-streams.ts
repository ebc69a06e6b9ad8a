/** The chunks, one after the other. */
export async function* streamOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void, void> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** `bytes` in chunks of `size`. */
export async function* inChunksOf(size: number, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** The chunks, and then an error instead of an end. */
export async function* failingAfter(
  error: Error,
  ...chunks: readonly (string | Uint8Array)[]
): AsyncGenerator<Uint8Array, void, void> {
  yield* streamOf(...chunks);
  throw error;
}

/** The chunks, then a signal that fires, then more. */
export async function* interruptingAfter(
  interruption: AbortController,
  ...chunks: readonly (string | Uint8Array)[]
): AsyncGenerator<Uint8Array, void, void> {
  yield* streamOf(...chunks);
  interruption.abort();
  yield* streamOf('more');
}

/** A stream that counts what was pulled from it and notes that it was let go. */
export function watchedStream(bytes: AsyncIterable<Uint8Array>) {
  const seen = { pulled: 0, ended: false };
  async function* watch(): AsyncGenerator<Uint8Array, void, void> {
    try {
      for await (const chunk of bytes) {
        seen.pulled += 1;
        yield chunk;
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, stream: watch() };
}

/** Everything that comes, as one. */
export async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
