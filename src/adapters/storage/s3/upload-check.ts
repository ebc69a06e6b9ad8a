import { createHash, type Hash } from 'node:crypto';
import { JacoError } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import { locationName } from '../../../domain/values/archive-location.js';
import { type ObjectStatus, objectStatus } from './kept-objects.js';
import { readObject } from './object-reading.js';
import type { S3Requests } from './s3-requests.js';
import { markHeader, type Upload, type UploadedPart } from './upload.js';

/**
 * Checks the object of an upload: it must be ours and have the right length. If the server's checksum or MD5, which
 * server-side encryption may hide, did not confirm every part, it reads the whole object back. Removes a wrong object.
 * @throws storage_failed  it is not what was written
 */
export async function requireWritten(
  requests: S3Requests,
  { location, mark }: Upload,
  parts: readonly UploadedPart[],
): Promise<void> {
  const never = new AbortController().signal;
  const status = await objectStatus(requests, location, never);
  // Another writer to the same key may have finished since: its object is whole too.
  if (status !== undefined && status.headers[markHeader] !== mark) return;
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (status?.sizeBytes === sizeBytes) {
    if (parts.every(({ unconfirmed }) => unconfirmed === undefined)) return;
    if (await isAsSent(requests, location, status, parts)) return;
  }
  if (status !== undefined) await requests.ask({ method: 'DELETE', bucket: location.bucket, key: location.key }, never);
  throw new JacoError(
    'storage_failed',
    `cannot write ${locationName(location, 'written')}: what the server has of it is not what was sent, so it was removed.`,
    { remedies: [advice('Look for what stands between this host and the server, and take the backup again.')] },
  );
}

async function isAsSent(
  requests: S3Requests,
  location: Upload['location'],
  status: ObjectStatus,
  parts: readonly UploadedPart[],
): Promise<boolean> {
  const never = new AbortController().signal;
  const expected = parts.filter(({ sizeBytes }) => sizeBytes > 0);
  let hash: Hash = createHash('sha256');
  let [at, length] = [0, 0];
  for await (const piece of readObject(requests, location, status, never)) {
    for (let offset = 0; offset < piece.length; ) {
      const part = expected[at];
      if (part === undefined) return false;
      const taken = piece.subarray(offset, offset + part.sizeBytes - length);
      hash.update(taken);
      offset += taken.length;
      length += taken.length;
      if (length < part.sizeBytes) continue;
      const found = hash.digest();
      if (part.unconfirmed !== undefined && !found.equals(part.unconfirmed)) return false;
      hash = createHash('sha256');
      [at, length] = [at + 1, 0];
    }
  }
  return at === expected.length;
}
