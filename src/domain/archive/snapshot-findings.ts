import { type RecordFields, readFields } from '../state/record-fields.js';
import { type SnapshotVisitor, stateFields } from '../state/snapshot-content.js';

/** A node as the state records it. */
export interface RecordedNode {
  readonly hostname: string;
  /** Raft transport address, host:port. */
  readonly address: string;
  /** Whether the scheduler places work on it. */
  readonly ready: boolean;
  /** Its WireGuard key, 32 bytes; empty where the state has none. */
  readonly wireguardPubkey: Uint8Array;
  /** What the state has as the fingerprint of its certificate; no daemon up to v0.3.9 sets or reads it. */
  readonly serverCertFingerprint: Uint8Array;
}

/** The cluster's CA, PEM both. */
export interface ClusterAuthority {
  readonly certificate: string;
  /** PKCS #8. Secret. */
  readonly key: string;
}

/** What a restore takes from a state beside its bytes, while they pass. */
export interface SnapshotFindings extends SnapshotVisitor {
  /** In the order of their first record; of two records of one node the later counts. */
  nodes(): readonly RecordedNode[];
  /** Undefined where the state holds none. */
  authority(): ClusterAuthority | undefined;
  /** Empty where the state names no cluster. */
  clusterId(): string;
  /** A command has set what the state says of the cluster. `record` holds it in the fields of jaco.v1.ClusterMeta. */
  setCluster(record: RecordFields): void;
  /** A command has set a node's record. */
  setNode(node: RecordedNode): void;
  /** A command has removed it. */
  removeNode(hostname: string): void;
}

/** Field numbers of jaco.v1.Node and jaco.v1.ClusterMeta (proto/jaco/v1). */
const nodeFields = { hostname: 1, address: 2, serverCertFingerprint: 3, wireguardPubkey: 4, status: 5 } as const;
/** jaco.v1.NodeStatus. */
const statusReady = 2;
/** What is longer is neither a key nor a fingerprint, and is not kept, in bytes. */
const keyLimitBytes = 1024;
const clusterFields = { id: 1, certificate: 2, key: 3 } as const;

/** Starts with nothing found. */
export function collectFindings(): SnapshotFindings {
  const nodes = new Map<string, RecordedNode>();
  const cluster = new Map<number, string>();
  const setCluster = (record: RecordFields) => {
    for (const number of record.bytes.keys()) cluster.set(number, record.text(number));
  };
  return {
    wants: (field) => field === stateFields.nodes || field === stateFields.cluster,
    visit(field, _encodedBytes, content) {
      if (content === undefined) return;
      const record = readFields(content);
      if (field === stateFields.cluster) setCluster(record);
      if (field !== stateFields.nodes) return;
      const hostname = record.text(nodeFields.hostname);
      if (hostname === '') return;
      nodes.set(hostname, {
        hostname,
        address: record.text(nodeFields.address),
        ready: record.numbers.get(nodeFields.status) === statusReady,
        wireguardPubkey: keyIn(record, nodeFields.wireguardPubkey),
        serverCertFingerprint: keyIn(record, nodeFields.serverCertFingerprint),
      });
    },
    setCluster,
    setNode: (node) => void nodes.set(node.hostname, node),
    removeNode: (hostname) => void nodes.delete(hostname),
    clusterId: () => cluster.get(clusterFields.id) ?? '',
    nodes: () => [...nodes.values()],
    authority() {
      const certificate = cluster.get(clusterFields.certificate) ?? '';
      const key = cluster.get(clusterFields.key) ?? '';
      return certificate === '' || key === '' ? undefined : { certificate, key };
    },
  };
}

/** A key or fingerprint in a record, empty where it has none: a copy, so that the record itself need not stay in memory. */
export function keyIn({ bytes }: RecordFields, field: number): Uint8Array {
  const key = bytes.get(field);
  return key === undefined || key.length > keyLimitBytes ? new Uint8Array(0) : new Uint8Array(key);
}
