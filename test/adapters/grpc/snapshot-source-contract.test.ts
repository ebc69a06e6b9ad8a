import { status } from '@grpc/grpc-js';
import { createGrpcSnapshotSource } from '../../../src/adapters/grpc/grpc-snapshot-source.js';
import { type Harness, snapshotSourceContract } from '../../contracts/snapshot-source.contract.js';
import {
  createInMemorySnapshotSource,
  type ScriptedBackup,
  scriptedRefusal,
} from '../../fakes/in-memory-snapshot-source.js';
import { absentServer, type StreamCall, sendMessage, startGrpcJsServer, typedRefusal } from './grpc-js-server.js';
import { type LoopbackTransport, socketTransport, tlsTransport } from './loopback-transport.js';

snapshotSourceContract('in memory', async (script, deadlineMs) => {
  const source = createInMemorySnapshotSource(script, deadlineMs);
  return {
    source,
    calls: () => source.seen.calls,
    endedCalls: () => source.seen.ended,
    close: async () => undefined,
  };
});

snapshotSourceContract('gRPC over a unix socket', async (script, deadlineMs) =>
  overGrpc(await socketTransport(), script, deadlineMs),
);

snapshotSourceContract('gRPC over TLS', async (script, deadlineMs) =>
  overGrpc(await tlsTransport(), script, deadlineMs),
);

/** A server that follows the script, and the adapter that asks it. */
async function overGrpc(transport: LoopbackTransport, script: ScriptedBackup, deadlineMs: number): Promise<Harness> {
  const seen = { calls: 0, ended: 0 };
  const server =
    script.ending === 'absent'
      ? absentServer(transport)
      : await startGrpcJsServer(transport, {
          cluster: {
            Status: () => undefined,
            async Backup(call: StreamCall) {
              seen.calls += 1;
              call.on('cancelled', () => {
                seen.ended += 1;
              });
              for (const data of script.pieces) {
                if (call.cancelled) return;
                await sendMessage(call, { data });
              }
              if (script.ending === 'end') call.end();
              if (script.ending === 'break') server.breakOff();
              if (script.ending === 'refuse') {
                call.emit('error', typedRefusal(status.INTERNAL, scriptedRefusal.code, scriptedRefusal.message));
              }
            },
          },
        });
  return {
    source: createGrpcSnapshotSource(server.connection, deadlineMs),
    calls: () => seen.calls,
    endedCalls: () => seen.ended,
    close: () => server.close(),
  };
}
