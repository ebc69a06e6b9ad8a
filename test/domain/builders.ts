import { type ArchiveSchema, schemaOf } from '../../src/domain/archive/archive-schema.js';
import type { RecordedNode } from '../../src/domain/archive/snapshot-findings.js';
import type { PlainMetadata, SnapshotFacts } from '../../src/domain/archive/snapshot-metadata.js';
import type { ClusterNode, ClusterStatus } from '../../src/domain/cluster/cluster-status.js';
import type { RestoreHost, RestoreRequest } from '../../src/domain/restore/restore-plan.js';
import type { DataDirectoryInspection } from '../../src/ports/data-directory-inspector.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { fileAt } from '../builders/locations.js';
import { inSchema, type MetadataChanges } from '../builders/snapshot-metadata.js';

/** Metadata of an archive that restores without a warning on {@link host}. */
export function metadata(changes: Partial<SnapshotFacts> = {}): PlainMetadata {
  return {
    kind: 'plain',
    schemaVersion: 1,
    clusterId: 'c-1',
    snapshotIndex: 1000n,
    snapshotTerm: 7n,
    jacoVersion: 'v0.3.9',
    takenAt: '2026-05-25T10:00:00Z',
    leaderAtSnapshot: '10.0.0.1:7001',
    ...changes,
  };
}

/** The schema of an archive with such metadata. */
export function schema(changes: MetadataChanges = {}, keyring?: StateKeyring): ArchiveSchema {
  return schemaOf({ metadata: inSchema(changes, metadata()), metadataBytes: new Uint8Array(0) }, keyring);
}

/** A data directory that is ready for a restore: existing, empty, writable, without a daemon. */
export function inspection(changes: Partial<DataDirectoryInspection> = {}): DataDirectoryInspection {
  return {
    path: '/data',
    kind: 'directory',
    writable: true,
    freeBytes: 10 * 1024 ** 3,
    owner: { uid: 990, gid: 991 },
    existingRaftStore: undefined,
    foreignEntry: undefined,
    foreignMarker: false,
    daemon: { kind: 'none' },
    ...changes,
  };
}

/** A host called "node-1" whose daemon listens on its own address. */
export function host(changes: Partial<RestoreHost> = {}): RestoreHost {
  return {
    hostname: 'node-1',
    installedDaemonVersion: 'v0.3.9',
    clusterAddress: '10.0.0.7:7001',
    listenAddress: '10.0.0.7:7000',
    interfaces: [{ name: 'eth0', address: '10.0.0.7', internal: false }],
    resolved: new Map(),
    nowMs: Date.UTC(2026, 4, 26, 8, 30),
    ...changes,
  };
}

/** The input of an operator who leaves everything to the host. */
export function request(changes: Partial<RestoreRequest> = {}): RestoreRequest {
  return {
    archive: fileAt('cluster.tar.gz'),
    name: 'node-1',
    advertiseAddress: undefined,
    grpcAddress: undefined,
    daemonVersion: undefined,
    dataDirectory: '/data',
    identity: false,
    bare: false,
    removeNodes: [],
    removeOtherNodes: false,
    ...changes,
  };
}

/** A node as a state records it, of which it knows no more than its name and address. */
export function recordedNode(hostname: string, address: string, changes: Partial<RecordedNode> = {}): RecordedNode {
  const nothing = new Uint8Array(0);
  return { hostname, address, ready: false, wireguardPubkey: nothing, serverCertFingerprint: nothing, ...changes };
}

/** A voter of a healthy cluster. */
export function node(changes: Partial<ClusterNode> = {}): ClusterNode {
  return {
    hostname: 'node-1',
    address: '10.0.0.1:7001',
    status: 'ready',
    suffrage: 'voter',
    grpcAddress: '10.0.0.1:7000',
    ...changes,
  };
}

/** A cluster of two, led by the second, "node-2". */
export function status(changes: Partial<ClusterStatus> = {}): ClusterStatus {
  const second = node({ hostname: 'node-2', address: '10.0.0.2:7001', grpcAddress: '10.0.0.2:7000' });
  return { initialized: true, leader: '10.0.0.2:7001', raftIndex: 1000n, nodes: [node(), second], ...changes };
}
