import { createHash } from 'node:crypto';
import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import { locationName } from '../../../domain/values/archive-location.js';
import type { S3Requests } from './s3-requests.js';
import type { Upload, UploadedPart } from './upload.js';

/** How many parts are sent at a time before the archive has to wait. */
const partsAtATime = 2;

/** The most that S3 accepts. */
const mostParts = 10_000;

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
 * is running any more, and the archive was released.
 */
export async function uploadParts(
  requests: S3Requests,
  upload: Upload,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<UploadedPart[]> {
  const { partBytes } = requests.manners;
  const parts: UploadedPart[] = [];
  const free: PartBuffer[] = [];
  const onTheirWay = new Set<Promise<void>>();
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  let count = 0;

  async function send(buffer: PartBuffer, length: number, sha256: Uint8Array): Promise<void> {
    count += 1;
    const number = count;
    if (number > mostParts) throw tooLarge(upload);
    const sending: Promise<void> = uploadPart(requests, upload, number, buffer.subarray(0, length), sha256, stopped)
      .then((part) => {
        parts[number - 1] = part;
        free.push(buffer);
      })
      .catch((error) => {
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
    let hash = createHash('sha256');
    for await (const piece of archive) {
      stopIfInterrupted(signal);
      if (failure !== undefined) throw failure.error;
      for (let offset = 0; offset < piece.length; ) {
        const taken = piece.subarray(offset, offset + partBytes - length);
        buffer.set(taken, length);
        hash.update(taken);
        offset += taken.length;
        length += taken.length;
        if (length < partBytes) continue;
        await send(buffer, length, hash.digest());
        buffer = free.pop() ?? newPartBuffer(partBytes);
        length = 0;
        hash = createHash('sha256');
      }
    }
    stopIfInterrupted(signal);
    if (length > 0 || count === 0) await send(buffer, length, hash.digest());
    await Promise.all(onTheirWay);
    if (failure !== undefined) throw failure.error;
    return parts;
  } finally {
    stop.abort();
    await Promise.all(onTheirWay);
  }
}

async function uploadPart(
  requests: S3Requests,
  { location, id, checksums }: Upload,
  number: number,
  body: PartBuffer,
  sha256: Uint8Array,
  signal: AbortSignal,
): Promise<UploadedPart> {
  const expected = Buffer.from(sha256).toString('base64');
  const { headers } = await requests.ask(
    {
      method: 'PUT',
      bucket: location.bucket,
      key: location.key,
      query: { partNumber: String(number), uploadId: id },
      headers: checksums ? { 'x-amz-checksum-sha256': expected } : {},
      body,
      bodySha256: sha256,
    },
    signal,
  );
  const checksum = checksums ? (headers['x-amz-checksum-sha256'] as string | undefined) : undefined;
  if (checksum !== undefined && checksum !== expected) throw changed(location, number);
  const etag = headers.etag ?? '';
  const confirmed = checksum !== undefined || etag.replaceAll('"', '') === md5Of(body);
  return { number, sizeBytes: body.length, sha256, etag, confirmed };
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
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
