import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';

/**
 * The file that restore writes for the daemon's first boot (`<data directory>/restore.txt`): the daemon compares it
 * with the store that it booted and then writes RESTORE_COMPLETED to the audit log, once.
 */
export interface RestoreMarker {
  readonly clusterId: string;
  readonly snapshotIndex: bigint;
  /** RFC 3339: when the backup was taken, as in meta.json. */
  readonly takenAt: string;
  /** RFC 3339, UTC: when the restore ran. */
  readonly importedAt: string;
}

/** The marker's name inside the data directory. */
export const markerFileName = 'restore.txt';

const uint64Maximum = 2n ** 64n - 1n;

/** The marker as text: four `key=value` lines in the order that the daemon documents. */
export function renderMarker(marker: RestoreMarker): string {
  return Object.entries(markerFacts(marker))
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** The marker's facts, by their names in the marker's lines and in the event RESTORE_COMPLETED. */
export function markerFacts(marker: RestoreMarker): Readonly<Record<string, string>> {
  return {
    cluster_id: marker.clusterId,
    snapshot_index: String(marker.snapshotIndex),
    taken_at: marker.takenAt,
    imported_at: marker.importedAt,
  };
}

/**
 * Reads a marker back. Keys may stand in any order and unknown keys are ignored, as a newer writer may add some.
 * @throws marker_mismatch  a key is missing, given twice, or its value cannot be read
 */
export function parseMarker(text: string): RestoreMarker {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const separator = line.indexOf('=');
    if (separator < 1) throw unreadable('a line has no key before a "="');
    const key = line.slice(0, separator);
    if (values.has(key)) throw unreadable(`${key} is given twice`);
    values.set(key, line.slice(separator + 1));
  }
  const value = (key: string): string => {
    const found = values.get(key);
    if (found === undefined || found === '') throw unreadable(`${key} is missing`);
    return found;
  };
  const index = value('snapshot_index');
  if (!/^[0-9]{1,20}$/.test(index) || BigInt(index) > uint64Maximum) throw unreadable('snapshot_index is not a uint64');
  return {
    clusterId: value('cluster_id'),
    snapshotIndex: BigInt(index),
    takenAt: value('taken_at'),
    importedAt: value('imported_at'),
  };
}

function unreadable(reason: string): JacoError {
  return new JacoError('marker_mismatch', `the restore marker cannot be read: ${reason}.`, {
    remedies: [advice(`Restore again into a fresh data directory.`)],
  });
}
