import type { IncomingHttpHeaders } from 'node:http';
import { stopIfInterrupted } from '../../../domain/errors.js';
import { locationWord, type ObjectLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore, FoundBackup } from '../../../ports/backup-store.js';
import { placeOf, requireBucket, requireObject } from './object-names.js';
import { S3Refusal, s3Error } from './s3-failure.js';
import type { S3Requests } from './s3-requests.js';
import { childrenOf, rootOf, textOf } from './s3-xml.js';

/** What is known about an object without reading it. */
export interface ObjectStatus {
  readonly sizeBytes: number;
  /** As the server writes it, including quotes. */
  readonly etag: string;
  readonly identity: string;
  readonly headers: IncomingHttpHeaders;
}

/** Lists, examines and removes the objects of a bucket without reading them. */
export function createKeptObjects(
  requests: S3Requests,
): Pick<BackupStore<ObjectLocation>, 'stat' | 'list' | 'others' | 'remove'> {
  return {
    async stat(location, signal) {
      requireObject(location, 'read');
      const status = await objectStatus(requests, location, signal).catch((error) => {
        throw s3Error(error, { ...askedOf(requests, location), action: `look at ${locationWord(location)}` });
      });
      return status && { sizeBytes: status.sizeBytes };
    },
    async list(location, signal) {
      requireBucket(location);
      try {
        const found = await listObjects(requests, location, signal);
        return found.filter(({ location: { key } }) => key !== location.key).sort((a, b) => (a.name < b.name ? -1 : 1));
      } catch (error) {
        const action = `list ${locationWord({ ...location, key: placeOf(location) })}`;
        throw s3Error(error, { ...askedOf(requests, location), action });
      }
    },
    async others(location, signal) {
      stopIfInterrupted(signal);
      requireBucket(location);
      // A bucket has objects alone.
      return [];
    },
    async remove({ location, identity }, signal) {
      try {
        const status = await objectStatus(requests, location, signal);
        if (status?.identity !== identity) return false;
        await requests.ask({ method: 'DELETE', bucket: location.bucket, key: location.key }, signal);
        return true;
      } catch (error) {
        throw s3Error(error, { ...askedOf(requests, location), action: `remove ${locationWord(location)}` });
      }
    },
  };
}

/** The name of the server that has `location`, for sentences. */
export function askedOf({ endpoint }: S3Requests, { bucket }: ObjectLocation) {
  return { bucket, host: endpoint.host, region: endpoint.region };
}

/** The object at `location`; undefined if there is none. Throws as {@link S3Requests} does. */
export async function objectStatus(
  requests: S3Requests,
  { bucket, key }: ObjectLocation,
  signal: AbortSignal,
): Promise<ObjectStatus | undefined> {
  try {
    const { headers } = await requests.ask({ method: 'HEAD', bucket, key }, signal);
    if (isPage(headers)) throw new S3Refusal({ status: 200, sentence: 'a web page' });
    // Without it a whole object would pass for an empty or a wrong one.
    if (headers['content-length'] === undefined)
      throw new S3Refusal({ status: 200, sentence: 'no size of the object' });
    const sizeBytes = Number(headers['content-length']);
    const etag = headers.etag ?? '';
    return { sizeBytes, etag, identity: identityOf(key, etag, sizeBytes, headers['last-modified'] ?? ''), headers };
  } catch (error) {
    if (!(error instanceof S3Refusal)) throw error;
    return await missingOrWhy(requests, { bucket, key }, error, signal);
  }
}

/** Whether the answer is of a web server that has a page for every address, and not of one that speaks S3. */
function isPage(headers: IncomingHttpHeaders): boolean {
  const isHtml = headers['content-type']?.startsWith('text/html') === true;
  return isHtml && !Object.keys(headers).some((name) => name.startsWith('x-amz-'));
}

/** An answer to HEAD has no body with the reason, so this repeats the request as a GET of one byte. */
async function missingOrWhy(
  requests: S3Requests,
  { bucket, key }: Pick<ObjectLocation, 'bucket' | 'key'>,
  first: S3Refusal,
  signal: AbortSignal,
): Promise<undefined> {
  try {
    await requests.ask({ method: 'GET', bucket, key, headers: { range: 'bytes=0-0' } }, signal);
  } catch (error) {
    if (error instanceof S3Refusal && error.status === 404 && /^(?:NoSuchKey|NotFound|)$/.test(error.code))
      return undefined;
    throw error;
  }
  throw first;
}

async function listObjects(
  requests: S3Requests,
  location: ObjectLocation,
  signal: AbortSignal,
): Promise<FoundBackup<ObjectLocation>[]> {
  const prefix = placeOf(location);
  const found: FoundBackup<ObjectLocation>[] = [];
  let token: string | undefined;
  do {
    const query = {
      'list-type': '2',
      prefix,
      delimiter: '/',
      'encoding-type': 'url',
      ...(token === undefined ? {} : { 'continuation-token': token }),
    };
    const { body } = await requests.ask({ method: 'GET', bucket: location.bucket, key: '', query }, signal);
    const root = rootOf(body);
    if (root?.name !== 'ListBucketResult') throw new S3Refusal({ status: 200, sentence: 'not a listing' });
    const decode = textOf(root, 'EncodingType') === 'url' ? decodedKey : (key: string) => key;
    for (const object of childrenOf(root, 'Contents')) {
      const key = decode(textOf(object, 'Key') ?? '');
      const name = key.slice(prefix.length);
      // Skips a marker of the place itself, and deeper keys from a server that ignores the delimiter.
      if (!key.startsWith(prefix) || name === '' || name.includes('/')) continue;
      const identity = identityOf(
        key,
        textOf(object, 'ETag') ?? '',
        Number(textOf(object, 'Size')),
        textOf(object, 'LastModified') ?? '',
      );
      found.push({
        name,
        location: { kind: 'object', bucket: location.bucket, key },
        identity,
        sizeBytes: Number(textOf(object, 'Size')),
        version: identity,
      });
    }
    const goesOn = textOf(root, 'IsTruncated') === 'true';
    const next = goesOn ? textOf(root, 'NextContinuationToken') : undefined;
    // A server that knows only the first version of listings gives no token.
    if (goesOn && (next === undefined || next === token)) {
      throw new S3Refusal({ status: 200, sentence: 'the listing does not go on' });
    }
    token = next;
  } while (token !== undefined);
  return found;
}

function decodedKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** A listing has milliseconds, an answer to HEAD does not, and some servers omit the quotes in one of them. */
function identityOf(key: string, etag: string, sizeBytes: number, lastModified: string): string {
  return `${key}:${etag.replaceAll('"', '')}:${sizeBytes}:${Math.floor(Date.parse(lastModified) / 1000)}`;
}
