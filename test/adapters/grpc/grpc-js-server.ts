import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerErrorResponse,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { messages } from '../../../src/adapters/contract/contract.js';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import { services } from '../../../src/adapters/sandbox/services.js';
import { type LoopbackTransport, unusedPort } from './loopback-transport.js';

/** The server's side of a call that answers with a stream. */
export type StreamCall = ServerWritableStream<unknown, unknown>;

/** A server of gRPC's own making, and the way to it. */
export interface GrpcJsServer {
  readonly connection: DaemonConnection;
  /** Tears down every connection and stops listening. */
  breakOff(): void;
  close(): Promise<void>;
}

/** Serves the daemon's contract with `cluster` and `audit` as its methods, at the transport's place. */
export async function startGrpcJsServer(
  transport: LoopbackTransport,
  methods: { readonly cluster?: UntypedServiceImplementation; readonly audit?: UntypedServiceImplementation },
): Promise<GrpcJsServer> {
  const server = new Server();
  if (methods.cluster !== undefined) server.addService(services.cluster, methods.cluster);
  if (methods.audit !== undefined) server.addService(services.audit, methods.audit);
  const address = transport.socket === undefined ? '127.0.0.1:0' : `unix:${transport.socket}`;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentialsOf(transport), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    connection: transport.connection(port),
    breakOff: () => server.forceShutdown(),
    async close() {
      server.forceShutdown();
      await transport.close();
    },
  };
}

/** The way to a daemon that is not there. */
export function absentServer(transport: LoopbackTransport): GrpcJsServer {
  return {
    connection: transport.connection(unusedPort),
    breakOff: () => undefined,
    close: () => transport.close(),
  };
}

function credentialsOf({ identity }: LoopbackTransport): ServerCredentials {
  if (identity === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(identity.certificate), private_key: Buffer.from(identity.key) };
  return ServerCredentials.createSsl(null, [pair], false);
}

/** Sends one message; resolves once it has left, or never will. */
export function sendMessage(call: StreamCall, message: unknown): Promise<void> {
  return new Promise((resolve) => {
    call.once('cancelled', resolve);
    call.write(message, () => {
      call.off('cancelled', resolve);
      resolve();
    });
  });
}

/** A refusal with the daemon's typed error, as gRPC carries it. */
export function typedRefusal(grpcCode: number, code: string, message: string): Partial<ServerErrorResponse> {
  const metadata = new Metadata();
  const value = messages.daemonError.encode({ code, message });
  const details = [{ type_url: 'type.googleapis.com/jaco.v1.Error', value }];
  metadata.set('grpc-status-details-bin', messages.rpcStatus.encode({ code: grpcCode, message, details }));
  return { code: grpcCode, details: message, metadata };
}
