import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import { locationName } from '../../../domain/values/archive-location.js';
import { isPassing, S3Refusal } from './s3-failure.js';
import type { S3Requests } from './s3-requests.js';
import type { Upload, UploadedPart } from './upload.js';

/** How many parts are sent at a time before the archive has to wait. */
const partsAtATime = 2;

/** The most that S3 accepts. */
const mostParts = 10_000;

/** The header with the checksum of a part, in requests and answers. */
const checksumHeader = 'x-amz-checksum-crc32';

/** Room for a part. */
type PartBuffer = Uint8Array<SharedArrayBuffer>;

/**
 * No thread shares it. But V8 counts the bytes of an ordinary buffer as part of its heap, and with two of this size it
 * finds that heap full several times for each part, and collects all of it.
 */
function newPartBuffer(sizeBytes: number): PartBuffer {
  return new Uint8Array(new SharedArrayBuffer(sizeBytes));
}

/**
 * Uploads the archive in parts of one size while it comes, and returns them in order; at least one, which may be empty.
 * Memory holds the part being sent and the one being gathered, whose buffers are reused. When this throws, no request
 * is running any more, and the archive was released; `cut` has been called if one had no answer, whose part may
 * still reach the server.
 */
export async function uploadParts(
  requests: S3Requests,
  upload: Upload,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  cut: () => void,
): Promise<UploadedPart[]> {
  const { partBytes } = requests.manners;
  const parts: UploadedPart[] = [];
  const free: PartBuffer[] = [];
  const onTheirWay = new Set<Promise<void>>();
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const sendPart = createPartSender(requests, upload);
  let count = 0;

  async function send(buffer: PartBuffer, length: number, checksum: number): Promise<void> {
    count += 1;
    const number = count;
    if (number > mostParts) throw tooLarge(upload);
    const sending: Promise<void> = sendPart({ number, body: buffer.subarray(0, length), checksum }, stopped)
      .then((part) => {
        parts[number - 1] = part;
        free.push(buffer);
      })
      .catch((error) => {
        // Without an answer, the server may have it all the same.
        if (!(error instanceof S3Refusal)) cut();
        failure ??= { error };
        stop.abort();
      })
      .finally(() => onTheirWay.delete(sending));
    onTheirWay.add(sending);
    if (onTheirWay.size >= partsAtATime) await Promise.race(onTheirWay);
    if (failure !== undefined) throw failure.error;
  }

  try {
    let buffer = newPartBuffer(partBytes);
    let length = 0;
    let checksum = 0;
    for await (const piece of archive) {
      stopIfInterrupted(signal);
      if (failure !== undefined) throw failure.error;
      for (let offset = 0; offset < piece.length; ) {
        const taken = piece.subarray(offset, offset + partBytes - length);
        buffer.set(taken, length);
        checksum = crc32(taken, checksum);
        offset += taken.length;
        length += taken.length;
        if (length < partBytes) continue;
        await send(buffer, length, checksum);
        buffer = free.pop() ?? newPartBuffer(partBytes);
        length = 0;
        checksum = 0;
      }
    }
    stopIfInterrupted(signal);
    if (length > 0 || count === 0) await send(buffer, length, checksum);
    await Promise.all(onTheirWay);
    if (failure !== undefined) throw failure.error;
    return parts;
  } finally {
    stop.abort();
    await Promise.all(onTheirWay);
  }
}

interface Part {
  readonly number: number;
  readonly body: PartBuffer;
  /** CRC-32 of the body. */
  readonly checksum: number;
}

/**
 * Sends parts. The signature covers a part's bytes until the server has confirmed the checksum of one; from then on it
 * does not if nobody can change bytes on their way, as both sides would compute SHA-256 for nothing. A server that
 * refuses such a part gets it signed, as well as all that follow.
 */
function createPartSender(
  requests: S3Requests,
  { location, id, checksums }: Upload,
): (part: Part, signal: AbortSignal) => Promise<UploadedPart> {
  let mayBeUnsigned = checksums && requests.endpoint.isTamperProof;
  let hasConfirmed = false;

  return async ({ number, body, checksum }, signal) => {
    const expected = base64Of(checksum);
    const request = {
      method: 'PUT',
      bucket: location.bucket,
      key: location.key,
      query: { partNumber: String(number), uploadId: id },
      headers: checksums ? { [checksumHeader]: expected } : {},
      body,
    } as const;
    const unsignedBody = mayBeUnsigned && hasConfirmed;
    const { headers } = await requests.ask({ ...request, unsignedBody }, signal).catch((error) => {
      if (!unsignedBody || !(error instanceof S3Refusal) || isPassing(error)) throw error;
      mayBeUnsigned = false;
      return requests.ask(request, signal);
    });
    const answered = checksums ? headers[checksumHeader] : undefined;
    if (answered !== undefined && answered !== expected) throw changed(location, number);
    hasConfirmed ||= answered !== undefined;
    const etag = headers.etag ?? '';
    const isConfirmed = answered !== undefined || etag.replaceAll('"', '') === hash('md5', body);
    const unconfirmed = isConfirmed ? undefined : hash('sha256', body, 'buffer');
    return { number, sizeBytes: body.length, crc32: expected, etag, unconfirmed };
  };
}

function base64Of(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString('base64');
}

function changed(location: Upload['location'], number: number): JacoError {
  return new JacoError(
    'storage_failed',
    `cannot write ${locationName(location, 'written')}: the server has other bytes of part ${number} than were sent.`,
    { remedies: [advice('Look for what stands between this host and the server, and take the backup again.')] },
  );
}

function tooLarge({ location }: Upload): JacoError {
  return new JacoError(
    'archive_too_large',
    `cannot write ${locationName(location, 'written')}: the archive is larger than an upload can be with parts of this size.`,
    { remedies: [{ kind: 'raise-limit', parameter: 'maxSnapshotSize' }] },
  );
}
