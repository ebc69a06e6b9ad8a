import type { FileLocation, ObjectLocation, StandardStreamLocation } from '../../src/domain/values/archive-location.js';

/** The file at `path`. */
export function fileAt(path: string): FileLocation {
  return { kind: 'file', path };
}

export const standardStream: StandardStreamLocation = { kind: 'standard-stream' };

/** The object `key` of the bucket that the tests use. */
export function objectAt(key: string, bucket = 'backups'): ObjectLocation {
  return { kind: 'object', bucket, key };
}
