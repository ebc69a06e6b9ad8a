import type { PlantedStore } from '../fakes/in-memory-surviving-stores.js';
import { clusterInit, commandOf } from './commands.js';
import { snapshotOf } from './snapshot-bytes.js';

/** A CA as its certificate and key. */
type Authority = Readonly<Record<'certificate' | 'key', string>>;

const members = ['node-1', 'node-2', 'node-3'].map((id, position) => ({
  id,
  address: `10.0.0.${position + 1}:7001`,
  suffrage: 'voter' as const,
}));

/** The command of a deployment's audit event. */
export const applied = (deployment: string) =>
  commandOf({ auditAppend: { event: { type: 1, payload: { deployment } } } });

/** What a node of a cluster of three left, whose whole state is in the log. */
export function youngStore({ certificate, key }: Authority): PlantedStore {
  return {
    currentTerm: 4n,
    entries: [
      { term: 1n },
      { term: 2n },
      { term: 2n, command: clusterInit('c-1', certificate, key) },
      ...Array.from({ length: 300 }, (_, number) => ({ term: 3n, command: applied(`shop-${number}`) })),
    ],
    members,
  };
}

/** The same with a snapshot and one entry behind it. */
export function grownStore(authority: Authority): PlantedStore {
  return {
    ...youngStore(authority),
    snapshot: { id: '2-1000-1795539891344', index: 1000n, term: 2n, state: snapshotOf('c-1', 300_000) },
    entries: [{ term: 3n, command: applied('shop') }],
  };
}
