import { crc32 } from 'node:zlib';
import { archiveRejected } from './archive-rejected.js';

/** More than any name, comment or extra field that a gzip tool writes, in bytes. */
const headerLimitBytes = 64 * 1024;

/** The flags of RFC 1952, section 2.3.1. Those above are reserved and must be zero. */
const flagHeaderCrc = 2;
const flagExtra = 4;
const flagName = 8;
const flagComment = 16;
const reservedFlags = 0xe0;

/**
 * Passes on what follows the header of a gzip member, and checks the header on the way.
 * @throws archive_rejected  the bytes do not begin with a header, or end inside it
 */
export async function* skipGzipHeader(
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head = Buffer.alloc(0);
  let skipped = false;
  for await (const chunk of compressed) {
    if (skipped) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const length = headerLength(head);
    // Judged by the header's own length, not by how its bytes happen to be cut.
    if (length !== undefined && length <= headerLimitBytes) {
      skipped = true;
      yield head.subarray(length);
    } else if (head.length > headerLimitBytes) {
      throw archiveRejected('its gzip header does not end');
    }
  }
  if (!skipped) throw archiveRejected(head.length === 0 ? 'it is empty' : 'it is cut short');
}

/** How many bytes the header has that `head` begins with; undefined while more are needed to know. */
function headerLength(head: Buffer): number | undefined {
  // 1f 8b names gzip, 8 its only compression method.
  if ([0x1f, 0x8b, 8].some((byte, at) => at < head.length && head[at] !== byte)) {
    throw archiveRejected('it is not gzip data');
  }
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
