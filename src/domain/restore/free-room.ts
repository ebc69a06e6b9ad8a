import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { formatByteSize } from '../values/byte-size.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import type { Undertaking } from './undertaking.js';

/**
 * More than is written besides the state: log.db with its first entry, meta.json, the marker and the node's identity, in
 * blocks of the file system.
 */
const besidesBytes = 256 * 1024;

/** The room on a file system that a store needs, and the room that is there. */
export interface Room {
  readonly neededBytes: number;
  /** Undefined if the file system does not tell. */
  readonly freeBytes: number | undefined;
}

/** The room for a store that takes `storeSizeBytes`. */
export function roomFor(storeSizeBytes: number, { freeBytes }: DataDirectoryInspection): Room {
  return { neededBytes: storeSizeBytes + besidesBytes, freeBytes };
}

/**
 * Refuses to begin what would fill the file system. Quotas do not count, and other programs may take the room meanwhile:
 * then writing fails, and everything is undone.
 * @throws space_insufficient
 */
export function refuseWithoutRoom(
  { path }: DataDirectoryInspection,
  { neededBytes, freeBytes }: Room,
  { verb }: Undertaking,
): void {
  if (freeBytes === undefined || freeBytes >= neededBytes) return;
  throw new JacoError(
    'space_insufficient',
    `cannot ${verb} into ${printable(path, 4096)}: that takes ${inBytes(neededBytes)}, and ${inBytes(freeBytes)} are free on its file system.`,
    {
      remedies: [advice('Make room there, or choose a directory on a larger file system.')],
      details: { path, neededBytes: String(neededBytes), freeBytes: String(freeBytes) },
    },
  );
}

/** At most one warning: that nobody knows whether the room suffices. */
export function warnOfUnknownRoom(
  { path }: DataDirectoryInspection,
  { neededBytes, freeBytes }: Room,
): readonly Warning[] {
  if (freeBytes !== undefined) return [];
  return [
    warningOf(
      `how much room is free for ${printable(path, 4096)} cannot be told; ${formatByteSize(neededBytes)} are needed`,
    ),
  ];
}

function inBytes(bytes: number): string {
  return `${bytes} bytes (${formatByteSize(bytes)})`;
}
