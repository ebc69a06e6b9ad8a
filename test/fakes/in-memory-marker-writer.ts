import { JacoError } from '../../src/domain/errors.js';
import { markerFileName, type RestoreMarker } from '../../src/domain/restore/marker.js';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import type { MarkerWriter } from '../../src/ports/marker-writer.js';

/** A marker in memory. */
export interface InMemoryMarker {
  readonly marker: RestoreMarker;
  readonly owner: FileOwner | undefined;
}

/** A {@link MarkerWriter} without a disk, and what it has written. */
export interface InMemoryMarkerWriter extends MarkerWriter {
  /** Markers by data directory. */
  readonly markers: Map<string, InMemoryMarker>;
  /** While true, nothing can be written or removed. */
  broken: boolean;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryMarkerWriter(): InMemoryMarkerWriter {
  const markers = new Map<string, InMemoryMarker>();
  const refuseWhenBroken = () => {
    if (writer.broken) throw new JacoError('storage_failed', 'no space left on the device.');
  };
  const writer: InMemoryMarkerWriter = {
    markers,
    broken: false,
    async write(dataDirectory, marker, owner) {
      refuseWhenBroken();
      markers.set(dataDirectory, { marker, owner });
    },
    async withdraw(dataDirectory) {
      if (!markers.has(dataDirectory)) return [];
      const path = `${dataDirectory}/${markerFileName}`;
      if (writer.broken) return [{ path, state: 'there', secret: false, reason: `cannot remove ${path}.` }];
      markers.delete(dataDirectory);
      return [];
    },
  };
  return writer;
}
