import { crc32 } from 'node:zlib';
import { iterationOf } from '../host/iteration.js';
import { archiveRejected } from './archive-rejected.js';
import { notGzip } from './foreign-format.js';

/** Longer than any name, comment or extra field that a gzip tool writes. */
const headerLimitBytes = 64 * 1024;

/** The flags of RFC 1952, section 2.3.1. Those above are reserved and must be zero. */
const flagHeaderCrc = 2;
const flagExtra = 4;
const flagName = 8;
const flagComment = 16;
const reservedFlags = 0xe0;

/**
 * Reads and checks the header of a gzip member, and returns what follows it.
 * @throws archive_rejected  the bytes do not begin with a header, or end inside it
 */
export async function afterGzipHeader(compressed: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = compressed[Symbol.asyncIterator]();
  try {
    return continued(await readHeader(iterator), iterator);
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

/** Reads to the end of the header, and returns the bytes after it that came with it. */
async function readHeader(compressed: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head = Buffer.alloc(0);
  for (;;) {
    const { value, done } = await compressed.next();
    if (done === true) throw archiveRejected(head.length === 0 ? 'it is empty' : 'it is cut short');
    head = Buffer.concat([head, value]);
    if (!beginsAsGzip(head)) throw notGzip(head);
    const length = headerLength(head);
    // Decided by the header's own length, not by how its bytes happen to be split.
    if (length !== undefined && length <= headerLimitBytes) return head.subarray(length);
    if (head.length > headerLimitBytes) throw archiveRejected('its gzip header does not end');
  }
}

/** 1f 8b is the magic of gzip, 8 its only compression method; missing bytes may still be right. */
function beginsAsGzip(head: Buffer): boolean {
  return [0x1f, 0x8b, 8].every((byte, at) => at >= head.length || head[at] === byte);
}

/** `first`, and the rest after it. */
function continued(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  let waiting: Uint8Array | undefined = first;
  return iterationOf(
    async () => {
      if (waiting === undefined) return rest.next();
      const value = waiting;
      waiting = undefined;
      return { value, done: false };
    },
    async () => rest.return?.(),
  );
}

/** The length of the header at the start of `head`; undefined while more bytes are needed. */
function headerLength(head: Buffer): number | undefined {
  const flags = head[3];
  if (flags === undefined || head.length < 10) return undefined;
  if ((flags & reservedFlags) !== 0) throw archiveRejected('its gzip header is damaged');
  let end: number | undefined = 10;
  if ((flags & flagExtra) !== 0) end = head.length < 12 ? undefined : 12 + head.readUInt16LE(10);
  if ((flags & flagName) !== 0) end = afterZero(head, end);
  if ((flags & flagComment) !== 0) end = afterZero(head, end);
  if ((flags & flagHeaderCrc) !== 0) end = afterHeaderCrc(head, end);
  return end === undefined || end > head.length ? undefined : end;
}

function afterZero(head: Buffer, start: number | undefined): number | undefined {
  const zero = start === undefined ? -1 : head.indexOf(0, start);
  return zero < 0 ? undefined : zero + 1;
}

function afterHeaderCrc(head: Buffer, start: number | undefined): number | undefined {
  if (start === undefined || head.length < start + 2) return undefined;
  if ((crc32(head.subarray(0, start)) & 0xffff) !== head.readUInt16LE(start)) {
    throw archiveRejected('its gzip header is damaged');
  }
  return start + 2;
}
