import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

/** Bytes as the web stream that the age library takes; they are pulled as they are needed. */
export function streamOf(bytes: AsyncIterable<Uint8Array>): globalThis.ReadableStream<Uint8Array> {
  // The global, which Node loads when it is first used: archives that are not encrypted have no need of it.
  const { from } = globalThis.ReadableStream as unknown as typeof NodeReadableStream;
  return from(bytes) as unknown as globalThis.ReadableStream<Uint8Array>;
}

/** What such a stream gives. Its type in the language's own library does not know that it can be iterated. */
export function iterableOf(stream: globalThis.ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return stream as unknown as AsyncIterable<Uint8Array>;
}
