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
 * that nothing may follow: gzip tools silently accept further members and zero padding, a backup has neither.
 * What `compressed` throws is thrown on; ending the iteration early ends `compressed` too.
 * @throws archive_rejected  the bytes are not gzip, are damaged, are cut short or go on after the end
 */
export async function* inflateGzipMember(
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: inflatedChunkBytes });
  const feeding = feed(compressed, gunzip);
  // Its failure is met below, where the inflated side fails with the same error.
  feeding.catch(() => undefined);
  let inflatedBytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      inflatedBytes += chunk.length;
      yield chunk;
    }
    const fed = await feeding;
    if (fed.bytes === 0) throw archiveRejected('it is empty');
    if (fed.bytes > gunzip.bytesWritten) throw archiveRejected('bytes follow after its end');
    if (fed.trailer.readUInt32LE(0) !== inflatedBytes % sizeModulus) {
      throw archiveRejected('it is more than one gzip member');
    }
  } catch (error) {
    throw fromZlib(error);
  } finally {
    gunzip.destroy();
    await feeding.catch(() => undefined);
  }
}

interface Fed {
  readonly bytes: number;
  /** The last four bytes. */
  readonly trailer: Buffer;
}

async function feed(compressed: AsyncIterable<Uint8Array>, gunzip: Gunzip): Promise<Fed> {
  let bytes = 0;
  let trailer: Buffer = Buffer.alloc(4);
  try {
    for await (const chunk of compressed) {
      if (gunzip.destroyed) break;
      bytes += chunk.length;
      trailer = Buffer.concat([trailer, chunk.subarray(-4)]).subarray(-4);
      // Once the member has ended, one byte more is enough to know.
      if (gunzip.readableEnded && bytes > gunzip.bytesWritten) break;
      if (!gunzip.write(chunk)) await drained(gunzip);
    }
    if (!gunzip.destroyed) gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
    throw error;
  }
  return { bytes, trailer };
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

function fromZlib(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'Z_BUF_ERROR') return archiveRejected('it is cut short', error);
  if (code === 'Z_DATA_ERROR' || code === 'Z_NEED_DICT' || code === 'Z_STREAM_ERROR') {
    const notGzip = (error as Error).message === 'incorrect header check';
    return archiveRejected(notGzip ? 'it is not gzip data' : 'its compressed data is damaged', error);
  }
  return error;
}
