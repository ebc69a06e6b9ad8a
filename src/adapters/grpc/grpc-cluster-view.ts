import { type AuditEvent, type AuditQuery, auditEventTypes } from '../../domain/cluster/audit-event.js';
import type { ClusterNode, ClusterStatus, Suffrage } from '../../domain/cluster/cluster-status.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import { calls } from '../contract/contract.js';
import type { AuditEventMessage, ClusterStatusResponse } from '../contract/messages.js';
import { timestampOf, timestampText } from '../contract/timestamps.js';
import { type CallSettings, callDaemon } from './call.js';
import { type DaemonConnection, describeConnection } from './connection.js';

/** jaco.v1.NodeSuffrage.Kind, in the order of its numbers. */
const suffrages: readonly Suffrage[] = ['unknown', 'voter', 'nonvoter'];

/** jaco.v1.NodeStatus, in the order of its numbers. */
const nodeStatuses = ['unspecified', 'joining', 'ready', 'isolation_unavailable', 'drain_timeout'];

/** Asks a daemon about its cluster (jaco.v1.Cluster.Status and jaco.v1.Audit.Query). `deadlineMs` bounds each call. */
export function createGrpcClusterView(connection: DaemonConnection, deadlineMs: number): ClusterView {
  const settings: CallSettings = { connection, deadlineMs };
  return {
    async status(signal) {
      for await (const response of callDaemon(settings, calls.status, {}, signal)) return statusFrom(response);
      throw new JacoError(
        'stream_broken',
        `the daemon at ${describeConnection(connection)} ended the call without an answer.`,
        { remedies: [advice("Look at the daemon's log.")] },
      );
    },
    async *audit(query, signal) {
      for await (const event of callDaemon(settings, calls.auditQuery, requestFor(query), signal)) {
        yield eventFrom(event);
      }
    },
  };
}

function statusFrom(response: ClusterStatusResponse): ClusterStatus {
  const suffrageOf = new Map(response.suffrages.map(({ hostname, kind }) => [hostname, suffrages[kind]]));
  const nodes = response.nodes.map(
    ({ hostname, address, status, grpcAddress }): ClusterNode => ({
      hostname,
      address,
      status: nodeStatuses[status] ?? 'unknown',
      suffrage: suffrageOf.get(hostname) ?? 'unknown',
      grpcAddress,
    }),
  );
  return {
    initialized: response.initialized,
    leader: response.leader,
    raftIndex: BigInt(response.raftIndex),
    nodes,
  };
}

function requestFor({ types, sinceMs }: AuditQuery) {
  const numbers = [...auditEventTypes].filter(([, name]) => types.includes(name)).map(([number]) => number);
  return { types: numbers, since: sinceMs === undefined ? null : timestampOf(sinceMs) };
}

function eventFrom(event: AuditEventMessage): AuditEvent {
  return {
    raftIndex: BigInt(event.raftIndex),
    type: auditEventTypes.get(event.type) ?? `TYPE_${event.type}`,
    identity: event.identity,
    timestamp: timestampText(event.ts),
    payload: event.payload,
  };
}
