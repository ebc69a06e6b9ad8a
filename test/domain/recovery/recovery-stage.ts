import type { RecoveryPorts, RecoveryWish } from '../../../src/domain/recovery/recover-store.js';
import type { RestoreMarker } from '../../../src/domain/restore/marker.js';
import type { DataDirectoryInspection } from '../../../src/ports/data-directory-inspector.js';
import { clusterInit } from '../../builders/commands.js';
import { createInMemoryNodeIdentityWriter } from '../../fakes/in-memory-node-identity-writer.js';
import {
  createInMemorySurvivingStores,
  type InMemorySurvivingStores,
  type PlantedStore,
} from '../../fakes/in-memory-surviving-stores.js';
import { inspection } from '../builders.js';

export const nowMs = Date.UTC(2026, 4, 26, 8, 30);

/** A young cluster of three, whose whole state is in the log. */
export const youngCluster: PlantedStore = {
  currentTerm: 2n,
  entries: [{ term: 1n }, { term: 2n }, { term: 2n, command: clusterInit('c-1'), appendedAtMs: nowMs - 60_000 }],
  members: [
    { id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' },
    { id: 'node-2', address: '10.0.0.2:7001', suffrage: 'voter' },
  ],
};

/** A host and a disk in memory, with a store at /left. */
export interface RecoveryStage {
  readonly ports: RecoveryPorts;
  readonly survivors: InMemorySurvivingStores;
  readonly markers: Map<string, RestoreMarker>;
  readonly identities: ReturnType<typeof createInMemoryNodeIdentityWriter>;
}

/** Sets the stage. */
export function recoveryStage(
  store: PlantedStore = youngCluster,
  changes: Partial<DataDirectoryInspection> = {},
): RecoveryStage {
  const survivors = createInMemorySurvivingStores();
  survivors.planted.set('/left/raft', store);
  const identities = createInMemoryNodeIdentityWriter();
  const markers = new Map<string, RestoreMarker>();
  const nothing = { path: undefined, listenAddress: undefined, dataDirectory: undefined, unixSocket: undefined };
  return {
    survivors,
    markers,
    identities,
    ports: {
      survivors,
      identity: identities,
      clock: { nowMs: () => nowMs },
      directories: { inspect: async (path) => inspection({ path, ...changes }) },
      host: {
        hostname: () => 'node-1',
        interfaces: async () => [{ name: 'eth0', address: '10.0.0.7', internal: false }],
        resolve: async () => undefined,
        stateKeyCredential: async () => undefined,
        installedDaemonVersion: async () => undefined,
        daemonConfiguration: async () => ({ ...nothing, clusterAddress: '10.0.0.7:7001' }),
      },
      marker: {
        write: async (dataDirectory, marker) => void markers.set(dataDirectory, marker),
        async withdraw(dataDirectory) {
          markers.delete(dataDirectory);
          return [];
        },
      },
    },
  };
}

/** The input of an operator who gives only the two required flags. */
export function recoveryWish(changes: Partial<RecoveryWish> = {}): RecoveryWish {
  return {
    from: '/left',
    name: 'node-1',
    advertiseAddress: undefined,
    grpcAddress: undefined,
    dataDirectory: undefined,
    socket: undefined,
    identity: true,
    removeNodes: [],
    removeOtherNodes: false,
    intoOtherFiles: false,
    acceptLoss: false,
    ...changes,
  };
}
