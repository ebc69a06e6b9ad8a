import type { FileLocation, StandardStreamLocation } from '../../src/domain/values/archive-location.js';

/** The file at `path`. */
export function fileAt(path: string): FileLocation {
  return { kind: 'file', path };
}

export const standardStream: StandardStreamLocation = { kind: 'standard-stream' };
