import { type RecordFields, readFields } from '../state/record-fields.js';
import { type SnapshotVisitor, stateFields } from '../state/snapshot-content.js';

/** A node as the state records it. */
export interface RecordedNode {
  readonly hostname: string;
  /** Raft transport address, host:port. */
  readonly address: string;
  /** Whether the scheduler places work on the node. */
  readonly ready: boolean;
  /** Its WireGuard key, 32 bytes; empty if the state has no key. */
  readonly wireguardPubkey: Uint8Array;
  /** The fingerprint of its certificate in the state; no daemon up to v0.3.9 sets or reads it. */
  readonly serverCertFingerprint: Uint8Array;
}

/** The cluster's CA, certificate and key in PEM. */
export interface ClusterAuthority {
  readonly certificate: string;
  /** PKCS #8. Secret. */
  readonly key: string;
}

/** What a restore extracts from a state while its bytes pass. */
export interface SnapshotFindings extends SnapshotVisitor {
  /** In the order of their first record; if a node has two records, the later one counts. */
  nodes(): readonly RecordedNode[];
  /** Undefined if the state holds no CA. */
  authority(): ClusterAuthority | undefined;
  /** Empty if the state names no cluster. */
  clusterId(): string;
  /** A command has set the cluster's record. `record` has the fields of jaco.v1.ClusterMeta. */
  setCluster(record: RecordFields): void;
  /** A command has set a node's record. */
  setNode(node: RecordedNode): void;
  /** A command has removed a node. */
  removeNode(hostname: string): void;
}

/** Field numbers of jaco.v1.Node and jaco.v1.ClusterMeta (proto/jaco/v1). */
const nodeFields = { hostname: 1, address: 2, serverCertFingerprint: 3, wireguardPubkey: 4, status: 5 } as const;
/** jaco.v1.NodeStatus. */
const statusReady = 2;
/** A longer value is neither a key nor a fingerprint, and is not kept. */
const keyLimitBytes = 1024;
const clusterFields = { id: 1, certificate: 2, key: 3 } as const;

/** Findings of a state of which nothing has been read yet. */
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

/**
 * A key or fingerprint in a record, empty if there is none: a copy, so that the record itself need not stay in memory.
 */
export function keyIn({ bytes }: RecordFields, field: number): Uint8Array {
  const key = bytes.get(field);
  return key === undefined || key.length > keyLimitBytes ? new Uint8Array(0) : new Uint8Array(key);
}
