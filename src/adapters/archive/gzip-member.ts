import { once } from 'node:events';
import { createGunzip, type Gunzip } from 'node:zlib';
import { archiveRejected } from './archive-rejected.js';

/**
 * How much is inflated at a time, in bytes. Fewer, larger pieces cost fewer turns of the event loop.
 */
const inflatedChunkBytes = 256 * 1024;

/** gzip's trailer ends with the size of what was compressed, modulo 2^32 (RFC 1952, section 2.3.1). */
const sizeModulus = 2 ** 32;

/**
 * Inflates one gzip member that fills `compressed` to its last byte. zlib checks header, checksum and length; beyond
 * that nothing may follow: gzip tools silently accept further members and zero padding, a backup has neither. (A first
 * member without content goes unnoticed: it adds nothing to what is inflated.)
 * What `compressed` throws is thrown on; ending the iteration early ends `compressed` too.
 * @throws archive_rejected  the bytes are not gzip, are damaged, are cut short or go on after the end
 */
export async function* inflateGzipMember(
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: inflatedChunkBytes });
  const fed: Fed = { bytes: 0, head: Buffer.alloc(0), trailer: Buffer.alloc(4) };
  const feeding = feed(compressed, gunzip, fed);
  // Its failure is met below, where the inflated side fails with the same error.
  feeding.catch(() => undefined);
  let inflatedBytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      inflatedBytes += chunk.length;
      yield chunk;
    }
    await feeding;
    if (fed.bytes === 0) throw archiveRejected(empty);
    if (fed.bytes > gunzip.bytesWritten) throw archiveRejected(bytesFollow);
    if (fed.trailer.readUInt32LE(0) !== inflatedBytes % sizeModulus) {
      throw archiveRejected('it is more than one gzip member');
    }
  } catch (error) {
    throw fromZlib(error, fed);
  } finally {
    gunzip.destroy();
    await feeding.catch(() => undefined);
  }
}

/** What was fed so far. */
interface Fed {
  bytes: number;
  /** The first two bytes. */
  head: Buffer;
  /** The last four bytes. */
  trailer: Buffer;
}

async function feed(compressed: AsyncIterable<Uint8Array>, gunzip: Gunzip, fed: Fed): Promise<void> {
  try {
    for await (const chunk of compressed) {
      if (gunzip.destroyed) break;
      fed.bytes += chunk.length;
      if (fed.head.length < 2) fed.head = Buffer.concat([fed.head, chunk.subarray(0, 2)]).subarray(0, 2);
      fed.trailer = Buffer.concat([fed.trailer, chunk.subarray(-4)]).subarray(-4);
      // Once the member has ended, one byte more is enough to know.
      if (gunzip.readableEnded && fed.bytes > gunzip.bytesWritten) break;
      if (!gunzip.write(chunk)) await drained(gunzip);
    }
    if (!gunzip.destroyed) gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
    throw error;
  }
}

/** Waits until more may be written, or until that will never be. */
async function drained(gunzip: Gunzip): Promise<void> {
  if (gunzip.destroyed) return;
  const settled = new AbortController();
  const options = { signal: settled.signal };
  try {
    await Promise.race([once(gunzip, 'drain', options), once(gunzip, 'close', options)]);
  } catch {
    // The error belongs to the inflated side, which reports it.
  } finally {
    settled.abort();
  }
}

const empty = 'it is empty';
const bytesFollow = 'bytes follow after its end';

/** What every gzip member begins with (RFC 1952, section 2.3.1). */
const gzipMagic = Buffer.from([0x1f, 0x8b]);

function fromZlib(error: unknown, fed: Fed): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'Z_BUF_ERROR') return archiveRejected(fed.bytes === 0 ? empty : 'it is cut short', error);
  if (code === 'Z_DATA_ERROR' || code === 'Z_NEED_DICT' || code === 'Z_STREAM_ERROR') {
    if ((error as Error).message !== 'incorrect header check')
      return archiveRejected('its compressed data is damaged', error);
    // zlib looks for a header at the beginning, and again where a further member would begin.
    return archiveRejected(fed.head.equals(gzipMagic) ? bytesFollow : 'it is not gzip data', error);
  }
  return error;
}
