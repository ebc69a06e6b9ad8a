import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

/** Bytes as the web stream that the age library takes; pulled on demand. */
export function streamOf(bytes: AsyncIterable<Uint8Array>): globalThis.ReadableStream<Uint8Array> {
  // The global, which Node loads at first use: archives that are not encrypted do not need it.
  const { from } = globalThis.ReadableStream as unknown as typeof NodeReadableStream;
  return from(bytes) as unknown as globalThis.ReadableStream<Uint8Array>;
}

/** The content of such a stream. TypeScript's own type does not say that it can be iterated. */
export function iterableOf(stream: globalThis.ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return stream as unknown as AsyncIterable<Uint8Array>;
}
