import type { TransformOptions } from 'node:stream';
import { crc32, createInflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';
import { releasePieces } from '../host/spent-pieces.js';
import { archiveRejected } from './archive-rejected.js';
import { afterGzipHeader } from './gzip-header.js';
import { createMemberTail, type MemberTail, trailerBytes } from './member-tail.js';

/** How much is inflated at a time, in bytes. Fewer, larger pieces cost fewer turns of the event loop. */
const inflatedChunkBytes = 512 * 1024;

/**
 * One piece waits to be taken while zlib inflates the next in its own thread. (zlib passes the high-water mark on to
 * its stream.)
 */
const inflateOptions: ZlibOptions & TransformOptions = {
  chunkSize: inflatedChunkBytes,
  readableHighWaterMark: inflatedChunkBytes,
};

/** The size in a member's trailer is modulo 2^32, and like its CRC-32 before it little-endian (RFC 1952, section 2.3.1). */
const sizeModulus = 2 ** 32;

/** Receives the number of zero bytes between a gzip member and the end of its file. */
export type PaddingListener = (bytes: number) => void;

/**
 * Inflates one gzip member that fills `compressed` to its last byte, checksum and length included. Reads header and
 * trailer itself instead of using zlib's gunzip, which silently continues with further members; a backup has only one.
 * With a `padding` listener it ignores zeros after the member, with which tapes and block devices fill their last
 * block; otherwise it refuses them like anything else. Rethrows what `compressed` throws; ending the iteration early
 * ends `compressed` too.
 * @throws archive_rejected  the bytes are not gzip, are damaged, are cut short or go on after the end
 */
export async function* inflateGzipMember(
  compressed: AsyncIterable<Uint8Array>,
  padding?: PaddingListener,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createInflateRaw(inflateOptions);
  const feeding = feed(compressed, inflate, padding !== undefined);
  // Its failure is handled below, where the inflated side fails with the same error.
  feeding.catch(() => undefined);
  let inflatedBytes = 0;
  let checksum = 0;
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      inflatedBytes += chunk.length;
      checksum = crc32(chunk, checksum);
      releasePieces(chunk.length);
      yield chunk;
    }
    const end = (await feeding).end(inflate.bytesWritten);
    if (end.trailer.length < trailerBytes) throw archiveRejected('it is cut short');
    if (end.otherBytes > 0 || (end.zeroBytes > 0 && padding === undefined)) {
      throw archiveRejected('bytes follow after its end');
    }
    if (end.trailer.readUInt32LE(0) !== checksum || end.trailer.readUInt32LE(4) !== inflatedBytes % sizeModulus) {
      throw archiveRejected('its checksum does not fit its content');
    }
    if (end.zeroBytes > 0) padding?.(end.zeroBytes);
  } catch (error) {
    throw fromZlib(error);
  } finally {
    inflate.destroy();
    await feeding.catch(() => undefined);
  }
}

/**
 * Feeds zlib, and remembers the bytes that it may leave. Without `padding` the first byte after the trailer is enough.
 */
async function feed(compressed: AsyncIterable<Uint8Array>, inflate: InflateRaw, padding: boolean): Promise<MemberTail> {
  const input = watchInput(inflate);
  const tail = createMemberTail();
  try {
    for await (const chunk of await afterGzipHeader(compressed)) {
      tail.add(chunk, inflate.bytesWritten);
      if (inflate.readableEnded) {
        // The data has ended, and zlib has closed itself: the rest is only examined.
        const { otherBytes, zeroBytes } = tail.end(inflate.bytesWritten);
        if (otherBytes > 0 || (zeroBytes > 0 && !padding)) break;
        continue;
      }
      if (inflate.destroyed) break;
      await input.write(chunk);
    }
    if (!inflate.destroyed) inflate.end();
  } catch (error) {
    inflate.destroy(error as Error);
    throw error;
  }
  return tail;
}

/**
 * Keeps one chunk waiting while zlib works on another in its own thread, so that zlib is never idle until the next
 * arrives. The stream emits 'drain' only when nothing is waiting.
 */
function watchInput(inflate: InflateRaw): { write(chunk: Uint8Array): Promise<void> } {
  let waiting = 0;
  let wake: (() => void) | undefined;
  inflate.once('close', () => wake?.());
  function taken(): void {
    waiting -= 1;
    wake?.();
  }
  return {
    /** Resolves when the next chunk may be written, or the stream has closed; the inflated side reports errors. */
    async write(chunk) {
      waiting += 1;
      inflate.write(chunk, taken);
      while (waiting > 1 && !inflate.destroyed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function fromZlib(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'Z_BUF_ERROR') return archiveRejected('it is cut short', error);
  if (code === 'Z_DATA_ERROR' || code === 'Z_NEED_DICT' || code === 'Z_STREAM_ERROR') {
    return archiveRejected('its compressed data is damaged', error);
  }
  return error;
}
