/** One kind of record in the cluster's state. */
export interface StateKind {
  /** The number of its field in jaco.v1.FSMSnapshot; 0 for everything that a newer daemon added. */
  readonly field: number;
  /** In plain words, in the plural if there may be several. */
  readonly name: string;
}

/** Every kind, in the order in which a daemon writes them. */
export const stateKinds: readonly StateKind[] = [
  { field: 1, name: 'cluster' },
  { field: 2, name: 'nodes' },
  { field: 3, name: 'deployments' },
  { field: 4, name: 'desired replicas' },
  { field: 5, name: 'observed replicas' },
  { field: 6, name: 'routes' },
  { field: 7, name: 'certificates' },
  { field: 8, name: 'challenge tokens' },
  { field: 9, name: 'tokens' },
  { field: 10, name: 'join tokens' },
  { field: 11, name: 'subnets' },
  { field: 12, name: 'rollout plans' },
  { field: 13, name: 'replica counters' },
  { field: 14, name: 'restart counters' },
  { field: 15, name: 'audit events' },
  { field: 16, name: 'certificate blobs' },
  { field: 17, name: 'TCP routes' },
  { field: 18, name: 'registry credentials' },
  { field: 0, name: 'other' },
];

/** The position in {@link stateKinds} of the records of a field: of `other` if this version does not know the field. */
export function kindPosition(field: number): number {
  return field < stateKinds.length ? field - 1 : stateKinds.length - 1;
}
