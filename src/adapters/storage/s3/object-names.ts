import { JacoError } from '../../../domain/errors.js';
import { advice, giveParameter } from '../../../domain/remedy.js';
import { locationName, type ObjectLocation } from '../../../domain/values/archive-location.js';
import { printable } from '../../../domain/values/printable-text.js';

/**
 * Refuses a location that cannot be that of an object. Source: the S3 user guide, "Bucket naming rules" and "Naming
 * Amazon S3 objects"; clients remove `.` and `..` from URLs, which would change such keys. An empty part is refused where
 * an object is written: versitygw 1.8 stores it under the key without that part, so that `--keep` would never find it.
 * @throws request_invalid
 */
export function requireObject(location: ObjectLocation, use: 'read' | 'written'): void {
  requireBucket(location);
  const { key } = location;
  const reason =
    key === '' || key.endsWith('/')
      ? 'it names no object'
      : key.split('/').some((segment) => segment === '.' || segment === '..')
        ? 'a part of its key is "." or ".."'
        : use === 'written' && key.split('/').includes('')
          ? 'a part of its key is empty, and some servers store it under another key'
          : Buffer.byteLength(key) > 1024
            ? 'its key is longer than 1024 bytes'
            : undefined;
  if (reason === undefined) return;
  throw unfit(location, reason, use);
}

/**
 * Refuses a name that no bucket can have. Old buckets of AWS may have capitals and underscores.
 * @throws request_invalid
 */
export function requireBucket(location: ObjectLocation): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(location.bucket)) return;
  const { bucket } = location;
  throw new JacoError(
    'request_invalid',
    bucket === ''
      ? 's3:// names no bucket.'
      : `cannot use s3://${printable(bucket, 300)}: no bucket can have that name.`,
    { remedies: [advice('Write s3://, then the name of the bucket: 3 to 255 letters, digits, ".", "-" and "_".')] },
  );
}

/** The common prefix of the keys in the same place. */
export function placeOf({ key }: ObjectLocation): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

function unfit(location: ObjectLocation, reason: string, use: 'read' | 'written'): JacoError {
  return new JacoError('request_invalid', `cannot use ${locationName(location, use)}: ${reason}.`, {
    remedies: [giveParameter(use === 'read' ? 'archive' : 'output', 's3://bucket/cluster.tar.gz')],
  });
}
