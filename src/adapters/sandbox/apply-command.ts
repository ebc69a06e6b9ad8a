import { auditEventNumbers, nodeStatusNumbers } from '../contract/enum-numbers.js';
import type {
  AuditEventMessage,
  ClusterMetaMessage,
  CommandMessage,
  NodeMessage,
  NodeStatusUpdateMessage,
  TokenMessage,
} from '../contract/messages.js';

/** A state that commands are applied to. */
export interface CommandTarget {
  readonly nodes: ReadonlyMap<string, NodeMessage>;
  setCluster(cluster: ClusterMetaMessage): void;
  setToken(token: TokenMessage): void;
  /** Replaces the record of that hostname. */
  setNode(node: NodeMessage): void;
  /** Removes the record of a node, if there is one, and the subnets of that host. */
  removeNode(hostname: string): void;
  addEvent(event: AuditEventMessage): void;
}

const noBytes = Buffer.alloc(0);

const nobody: NodeMessage = {
  hostname: '',
  address: '',
  serverCertFingerprint: noBytes,
  wireguardPubkey: noBytes,
  status: nodeStatusNumbers.unspecified,
  statusDetails: {},
  joinedAt: null,
  grpcAddress: '',
  cpuPressure: 0,
  memoryPressure: 0,
  lastPressureAt: null,
};

/**
 * Applies the command of the log entry at `index` as the daemon's state machine does (real-daemon facts; jacod v0.3.9).
 * @returns false if the kind is unknown; then no later entry in the log can be trusted
 */
export function applyCommand(command: CommandMessage, index: bigint, target: CommandTarget): boolean {
  const { ts, identity } = command;
  const raftIndex = String(index);
  const record = (type: number, payload: Readonly<Record<string, string>>) =>
    target.addEvent({ raftIndex, type, identity, ts, payload });

  if (command.batch !== undefined) {
    // Each child is applied, even after an unknown one.
    return command.batch.children.map((child) => applyCommand(child, index, target)).every((known) => known);
  }
  if (command.auditAppend !== undefined) {
    const { event } = command.auditAppend;
    if (event !== null) target.addEvent({ ...event, raftIndex });
  } else if (command.nodeJoin !== undefined) {
    const { hostname } = command.nodeJoin;
    target.setNode({ ...nobody, ...command.nodeJoin, status: nodeStatusNumbers.joining, joinedAt: ts });
    record(auditEventNumbers.nodeJoin, { hostname });
  } else if (command.nodeRemove !== undefined) {
    const { hostname } = command.nodeRemove;
    target.removeNode(hostname);
    record(auditEventNumbers.nodeRemove, { hostname });
  } else if (command.nodeStatusUpdate !== undefined) {
    const { hostname, status } = command.nodeStatusUpdate;
    const known = target.nodes.get(hostname);
    if (known !== undefined) target.setNode(withStatus(known, command.nodeStatusUpdate, ts));
    if (status === nodeStatusNumbers.isolationUnavailable) record(auditEventNumbers.isolationUnavailable, { hostname });
  } else if (command.nodeUpdateSelf !== undefined) {
    const { hostname, wireguardPubkey, grpcAddress } = command.nodeUpdateSelf;
    const known = target.nodes.get(hostname);
    if (known !== undefined) {
      target.setNode({
        ...known,
        wireguardPubkey: wireguardPubkey.length > 0 ? wireguardPubkey : known.wireguardPubkey,
        grpcAddress: grpcAddress || known.grpcAddress,
      });
    }
  } else if (command.clusterInit !== undefined) {
    const { clusterId, caCert, caKey, operatorTokenHashedSecret, selfHostname, selfAddress } = command.clusterInit;
    target.setCluster({ clusterId, caCert, caKey, createdAt: ts });
    if (operatorTokenHashedSecret.length > 0) {
      const bootstrap = { identity: 'bootstrap', issuedAt: ts, revokedAt: null, allowsPrivileged: false };
      target.setToken({ ...bootstrap, hashedSecret: operatorTokenHashedSecret });
    }
    if (selfHostname !== '') {
      const { ready: status } = nodeStatusNumbers;
      target.setNode({ ...nobody, hostname: selfHostname, address: selfAddress, status, joinedAt: ts });
    }
    record(auditEventNumbers.nodeJoin, { cluster_id: clusterId });
  } else return false;
  return true;
}

function withStatus(node: NodeMessage, update: NodeStatusUpdateMessage, ts: CommandMessage['ts']): NodeMessage {
  const { status, details, includePressure, cpuPressure, memoryPressure } = update;
  return {
    ...node,
    ...(status === nodeStatusNumbers.unspecified ? {} : { status, statusDetails: details }),
    ...(includePressure ? { cpuPressure, memoryPressure, lastPressureAt: ts } : {}),
  };
}
