import { setTimeout as pause } from 'node:timers/promises';
import type { LeftBehind } from '../../../domain/errors.js';
import { locationWord, type ObjectLocation } from '../../../domain/values/archive-location.js';
import { objectStatus } from './kept-objects.js';
import { S3Refusal } from './s3-failure.js';
import type { S3Answer, S3Requests } from './s3-requests.js';
import { rootOf, textOf } from './s3-xml.js';

/** An upload that has begun. */
export interface Upload {
  readonly location: ObjectLocation;
  /** The server's name for it. */
  readonly id: string;
  /** Our mark, which identifies the finished object as ours. */
  readonly mark: string;
  /** Whether the server accepts CRC-32 checksums of parts. */
  readonly checksums: boolean;
}

/** A part that the server has. */
export interface UploadedPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** As it stands in requests. */
  readonly crc32: string;
  readonly etag: string;
  /** SHA-256 of what was sent, if the server's answer did not show that it has the same. */
  readonly unconfirmed: Uint8Array | undefined;
}

/** The header with our mark, as the server returns it. */
export const markHeader = 'x-amz-meta-jaco-write';

/** How long aborting an upload may take, in milliseconds. */
const abortMs = 15_000;

/** Begins an upload; without checksums if the server does not support them. */
export async function beginUpload(
  requests: S3Requests,
  location: ObjectLocation,
  mark: string,
  signal: AbortSignal,
): Promise<Upload> {
  const begin = async (checksums: boolean): Promise<Upload> => {
    const headers: Record<string, string> = {
      'content-type': 'application/gzip',
      [markHeader]: mark,
      ...(checksums ? { 'x-amz-checksum-algorithm': 'CRC32' } : {}),
    };
    const { bucket, key } = location;
    const answer = await requests.ask({ method: 'POST', bucket, key, query: { uploads: '' }, headers }, signal);
    return { location, id: uploadIdOf(answer), mark, checksums };
  };
  return begin(true).catch((error) => {
    if (error instanceof S3Refusal && (error.status === 501 || /^Invalid(?:Argument|Request)$/.test(error.code))) {
      return begin(false);
    }
    throw error;
  });
}

function uploadIdOf({ body }: S3Answer): string {
  const root = rootOf(body);
  const id = root && textOf(root, 'UploadId');
  if (id === undefined || id === '') throw new S3Refusal({ status: 200, sentence: 'no upload was begun' });
  return id;
}

/**
 * Completes the object from the parts. If the answer is lost, the object shows whether it was done: a second request
 * would find no upload. A signal does not stop what follows.
 */
export async function completeUpload(
  requests: S3Requests,
  { location, id, mark, checksums }: Upload,
  parts: readonly UploadedPart[],
): Promise<void> {
  const { bucket, key } = location;
  const body = Buffer.from(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.map((part) => partXml(part, checksums)).join('')}</CompleteMultipartUpload>`,
  );
  const headers = { 'content-type': 'application/xml' };
  const never = new AbortController().signal;
  try {
    await requests.ask({ method: 'POST', bucket, key, query: { uploadId: id }, headers, body }, never);
  } catch (error) {
    const status = await objectStatus(requests, location, never).catch(() => undefined);
    if (status?.headers[markHeader] !== mark) throw error;
  }
}

/** A server that required checksums with the parts requires them here too. */
function partXml({ number, etag, crc32 }: UploadedPart, checksums: boolean): string {
  const sum = checksums ? `<ChecksumCRC32>${crc32}</ChecksumCRC32>` : '';
  return `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(etag)}</ETag>${sum}</Part>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * When an upload is aborted of which a part was on its way, in milliseconds each after the time before: the server may store the
 * part after an abort, and knows the upload again then.
 */
const abortsAfterMs = [0, 300, 700];

/** Aborts an upload, and returns what stays. No request about it may be running, but parts may still reach the server (`cut`). */
export async function abortUpload(
  requests: S3Requests,
  { location, id }: Pick<Upload, 'location' | 'id'>,
  cut: boolean,
): Promise<LeftBehind[]> {
  const { bucket, key } = location;
  const signal = AbortSignal.timeout(abortMs);
  for (const waitMs of cut ? abortsAfterMs : [0]) {
    await pause(waitMs);
    try {
      await requests.ask({ method: 'DELETE', bucket, key, query: { uploadId: id } }, signal);
    } catch (error) {
      if (error instanceof S3Refusal && error.code === 'NoSuchUpload') continue;
      const path = `${locationWord(location)} (unfinished upload ${id})`;
      return [{ path, state: 'there', secret: true, reason: `it could not be aborted (${(error as Error).message})` }];
    }
  }
  return [];
}
