import type { AuditEvent } from '../../src/domain/cluster/audit-event.js';
import { JacoError } from '../../src/domain/errors.js';
import type { RestoreMarker } from '../../src/domain/restore/marker.js';
import type { RehearsalNode } from '../../src/ports/rehearsal-node.js';
import type { InMemoryRaftStore } from './in-memory-raft-store-initializer.js';

/** A {@link RehearsalNode} on the stores and markers of the other fakes, and what of it is left. */
export interface InMemoryRehearsalNode extends RehearsalNode {
  /** Data directories of places that have not been removed. */
  readonly places: Set<string>;
  /** Data directories of nodes that have not been stopped. */
  readonly running: Set<string>;
  /** Leaves what a rehearsal leaves that is killed. */
  plantKilled(): void;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryRehearsalNode(
  stores: ReadonlyMap<string, InMemoryRaftStore>,
  markers: ReadonlyMap<string, { readonly marker: RestoreMarker }>,
): InMemoryRehearsalNode {
  const places = new Set<string>();
  const running = new Set<string>();
  const killed = 'killed';
  let prepared = 0;
  return {
    places,
    running,
    plantKilled: () => void places.add(killed),
    async prepare(directory = '/tmp') {
      prepared += 1;
      places.delete(killed);
      const dataDirectory = `${directory}/rehearsal-${prepared}`;
      places.add(dataDirectory);
      return {
        dataDirectory,
        socket: `${dataDirectory}.sock`,
        async remove() {
          places.delete(dataDirectory);
          return [];
        },
      };
    },
    async boot({ dataDirectory }) {
      const store = stores.get(dataDirectory);
      if (store === undefined) throw new JacoError('store_damaged', `${dataDirectory} holds no store.`);
      running.add(dataDirectory);
      const { id, address } = store.seed.voter;
      return {
        cluster: {
          status: async () => ({
            initialized: true,
            leader: address,
            raftIndex: store.seed.index + 2n,
            nodes: [{ hostname: id, address, status: 'ready', suffrage: 'voter', grpcAddress: '' }],
          }),
          async *audit() {
            const marker = markers.get(dataDirectory)?.marker;
            if (marker !== undefined) yield restoreCompleted(marker, id);
          },
        },
        async *state() {
          yield store.snapshot;
        },
        stop: async () => void running.delete(dataDirectory),
      };
    },
  };
}

function restoreCompleted(marker: RestoreMarker, identity: string): AuditEvent {
  return {
    raftIndex: marker.snapshotIndex + 2n,
    type: 'RESTORE_COMPLETED',
    identity,
    timestamp: marker.importedAt,
    payload: {
      cluster_id: marker.clusterId,
      snapshot_index: String(marker.snapshotIndex),
      taken_at: marker.takenAt,
      imported_at: marker.importedAt,
    },
  };
}
