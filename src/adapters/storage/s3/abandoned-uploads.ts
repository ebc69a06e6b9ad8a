import type { ObjectLocation } from '../../../domain/values/archive-location.js';
import type { UnfinishedBackup, UnfinishedRequest } from '../../../ports/backup-store.js';
import { placeOf } from './object-names.js';
import { S3Refusal } from './s3-failure.js';
import type { S3Requests } from './s3-requests.js';
import { childrenOf, rootOf, textOf } from './s3-xml.js';
import { abortUpload } from './upload.js';

/**
 * Aborts uploads that killed backups have left, and returns them: those under the prefix of `place` whose names `belongs`
 * accepts, and which got no part for {@link S3Manners.abandonedAfterMs}, by the server's clock. If the key may not list
 * uploads, or the server cannot, they stay.
 */
export async function abandonUploads(
  requests: S3Requests,
  { place, belongs, dryRun }: UnfinishedRequest<ObjectLocation>,
  signal: AbortSignal,
): Promise<readonly UnfinishedBackup<ObjectLocation>[]> {
  const found: UnfinishedBackup<ObjectLocation>[] = [];
  try {
    for (const upload of await unfinishedUploads(requests, place, belongs, signal)) {
      if (!(await isAbandoned(requests, upload, signal))) continue;
      if (dryRun || (await abortUpload(requests, upload, false)).length === 0) {
        found.push({ name: upload.name, location: upload.location });
      }
    }
  } catch (error) {
    if (!(error instanceof S3Refusal) || !isNoMatter(error)) throw error;
  }
  return found;
}

/** Whether a name differs from that of `location` only in digits, as the names of one series do: a pattern's letters expand to digits. */
export function inSeriesOf({ key }: ObjectLocation): (name: string) => boolean {
  const shapeOf = (name: string) => name.replace(/[0-9]+/g, '0');
  const shape = shapeOf(key.slice(key.lastIndexOf('/') + 1));
  return (name) => shapeOf(name) === shape;
}

/** Failures to list uploads that do not prevent writing. */
function isNoMatter({ status, code }: S3Refusal): boolean {
  return (
    status === 501 || status === 405 || code === 'AccessDenied' || code === 'NotImplemented' || code === 'NoSuchUpload'
  );
}

interface Unfinished {
  readonly name: string;
  readonly location: ObjectLocation;
  readonly id: string;
  readonly mark: '';
  readonly checksums: false;
  readonly begunAtMs: number;
}

async function unfinishedUploads(
  requests: S3Requests,
  location: ObjectLocation,
  belongs: (name: string) => boolean,
  signal: AbortSignal,
): Promise<Unfinished[]> {
  const found: Unfinished[] = [];
  const prefix = placeOf(location);
  let markers: Record<string, string> = {};
  for (;;) {
    const query = { uploads: '', prefix, ...markers };
    const { body } = await requests.ask({ method: 'GET', bucket: location.bucket, key: '', query }, signal);
    const root = rootOf(body);
    if (root === undefined) return found;
    for (const upload of childrenOf(root, 'Upload')) {
      const key = textOf(upload, 'Key') ?? '';
      const id = textOf(upload, 'UploadId') ?? '';
      const begunAtMs = Date.parse(textOf(upload, 'Initiated') ?? '');
      const name = key.slice(prefix.length);
      if (!key.startsWith(prefix) || name.includes('/') || !belongs(name) || id === '') continue;
      found.push({ name, location: { ...location, key }, id, mark: '', checksums: false, begunAtMs });
    }
    const [key, id] = [textOf(root, 'NextKeyMarker') ?? '', textOf(root, 'NextUploadIdMarker') ?? ''];
    const isLast =
      textOf(root, 'IsTruncated') !== 'true' || (key === markers['key-marker'] && id === markers['upload-id-marker']);
    if (isLast) return found;
    markers = { 'key-marker': key, 'upload-id-marker': id };
  }
}

async function isAbandoned(requests: S3Requests, upload: Unfinished, signal: AbortSignal): Promise<boolean> {
  const { bucket, key } = upload.location;
  let newestMs = upload.begunAtMs;
  let marker: string | undefined;
  for (;;) {
    const query = { uploadId: upload.id, ...(marker === undefined ? {} : { 'part-number-marker': marker }) };
    const { headers, body } = await requests.ask({ method: 'GET', bucket, key, query }, signal);
    const root = rootOf(body);
    const parts = root === undefined ? [] : childrenOf(root, 'Part');
    for (const part of parts) newestMs = Math.max(newestMs, Date.parse(textOf(part, 'LastModified') ?? ''));
    const next =
      root !== undefined && textOf(root, 'IsTruncated') === 'true' ? textOf(root, 'NextPartNumberMarker') : undefined;
    if (next === undefined || next === marker) {
      const nowMs = Date.parse(headers.date ?? '');
      // A time that cannot be read is NaN, and compares as not abandoned.
      return nowMs - newestMs >= requests.manners.abandonedAfterMs;
    }
    marker = next;
  }
}
