import { status as grpcStatus, type sendUnaryData } from '@grpc/grpc-js';
import type { AuditQueryRequest } from '../../../src/adapters/contract/messages.js';
import { timestampMs, timestampOf } from '../../../src/adapters/contract/timestamps.js';
import { createGrpcClusterView } from '../../../src/adapters/grpc/grpc-cluster-view.js';
import { type AuditEvent, auditEventTypes } from '../../../src/domain/cluster/audit-event.js';
import type { ClusterStatus } from '../../../src/domain/cluster/cluster-status.js';
import { clusterViewContract, type Harness } from '../../contracts/cluster-view.contract.js';
import { createInMemoryClusterView, type ScriptedCluster } from '../../fakes/in-memory-cluster-view.js';
import { scriptedRefusal } from '../../fakes/in-memory-snapshot-source.js';
import { absentServer, type StreamCall, sendMessage, startGrpcJsServer, typedRefusal } from './grpc-js-server.js';
import { type LoopbackTransport, socketTransport, tlsTransport } from './loopback-transport.js';

clusterViewContract('in memory', async (script, deadlineMs) => {
  const view = createInMemoryClusterView(script, deadlineMs);
  return { view, calls: () => view.seen.calls, close: async () => undefined };
});

clusterViewContract('gRPC over a unix socket', async (script, deadlineMs) =>
  overGrpc(await socketTransport(), script, deadlineMs),
);

clusterViewContract('gRPC over TLS', async (script, deadlineMs) => overGrpc(await tlsTransport(), script, deadlineMs));

/** A server that follows the script, and the adapter that asks it. */
async function overGrpc(transport: LoopbackTransport, script: ScriptedCluster, deadlineMs: number): Promise<Harness> {
  const seen = { calls: 0 };
  const refusal = typedRefusal(grpcStatus.INTERNAL, scriptedRefusal.code, scriptedRefusal.message);
  const server =
    script.ending === 'absent'
      ? absentServer(transport)
      : await startGrpcJsServer(transport, {
          cluster: {
            Backup: () => undefined,
            Status(_call: unknown, answer: sendUnaryData<unknown>) {
              seen.calls += 1;
              if (script.ending === 'end') answer(null, statusMessage(script.status));
              if (script.ending === 'refuse') answer(refusal);
              if (script.ending === 'break') server.breakOff();
            },
          },
          audit: {
            async Query(call: StreamCall) {
              seen.calls += 1;
              const request = call.request as AuditQueryRequest;
              for (const message of script.events.map(eventMessage)) {
                if (isAskedFor(message, request)) await sendMessage(call, message);
              }
              if (script.ending === 'end') call.end();
              if (script.ending === 'refuse') call.emit('error', refusal);
            },
          },
        });
  return {
    view: createGrpcClusterView(server.connection, deadlineMs),
    calls: () => seen.calls,
    close: () => server.close(),
  };
}

type EventMessage = ReturnType<typeof eventMessage>;

function isAskedFor({ type, ts }: EventMessage, { types, since }: AuditQueryRequest): boolean {
  if (types.length > 0 && !types.includes(type)) return false;
  return since === null || timestampMs(ts) >= timestampMs(since);
}

function eventMessage({ raftIndex, type, identity, timestamp, payload }: AuditEvent) {
  const number = [...auditEventTypes].find(([, name]) => name === type)?.[0] ?? 0;
  const nanos = Number((/\.(\d+)Z$/.exec(timestamp)?.[1] ?? '').padEnd(9, '0'));
  const ts = { ...timestampOf(Date.parse(timestamp.replace(/\.\d+Z$/, 'Z'))), nanos };
  return { raftIndex: String(raftIndex), type: number, identity, ts, payload };
}

const nodeStatuses = ['unspecified', 'joining', 'ready', 'isolation_unavailable', 'drain_timeout'];
const suffrages = ['unknown', 'voter', 'nonvoter'];

function statusMessage({ initialized, leader, raftIndex, nodes }: ClusterStatus) {
  return {
    initialized,
    leader,
    raftIndex: String(raftIndex),
    nodes: nodes.map(({ status, ...node }) => ({ ...node, status: nodeStatuses.indexOf(status) })),
    // The daemon reports the suffrage of raft's members only.
    suffrages: nodes
      .filter(({ suffrage }) => suffrage !== 'unknown')
      .map(({ hostname, suffrage }) => ({ hostname, kind: suffrages.indexOf(suffrage) })),
  };
}
