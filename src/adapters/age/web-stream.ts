import { ReadableStream } from 'node:stream/web';

/** Bytes as the web stream that the age library takes; they are pulled as they are needed. */
export function streamOf(bytes: AsyncIterable<Uint8Array>): globalThis.ReadableStream<Uint8Array> {
  return ReadableStream.from(bytes) as unknown as globalThis.ReadableStream<Uint8Array>;
}

/** What such a stream gives. Its type in the language's own library does not know that it can be iterated. */
export function iterableOf(stream: globalThis.ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return stream as unknown as AsyncIterable<Uint8Array>;
}
