import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { AuditQueryRequest } from '../contract/messages.js';
import type { CertifiedKey } from '../identity/certificate-authority.js';
import { refusal } from './refusal.js';
import type { SandboxDaemon } from './sandbox-daemon.js';
import { services } from './services.js';

/** A server that answers calls. */
export interface DaemonServer {
  /** The port; 0 for a unix socket. */
  readonly port: number;
  /** Waits a moment for running calls to end, then breaks them off. */
  close(): Promise<void>;
}

/** The chunk size of today's daemon (wire facts, section 1), in bytes. */
const chunkBytes = 64 * 1024;

/** How long running calls may take to end when the server closes, in milliseconds. */
const closingPatienceMs = 2_000;

type Call = ServerWritableStream<unknown, unknown>;

/** The identity of callers over the socket, whom its file permissions admit. */
const localIdentity = 'local';

/**
 * Serves the daemon's contract over TLS at `address`, with an operator token for every call but Cluster.Status.
 * @throws Error  the address cannot be bound
 */
export async function serveDaemonOverTls(
  daemon: SandboxDaemon,
  address: string,
  identity: CertifiedKey,
): Promise<DaemonServer> {
  const server = answering(daemon, (call) => authenticate(daemon, call));
  const port = await bind(server, address, credentialsFrom(identity));
  return { port, close: () => shutDown(server) };
}

/**
 * Serves it in plain on a unix socket at `path`, whose permissions are its authentication, and whose file goes when the server
 * closes.
 * @throws the operating system's error  the path cannot be bound
 */
export async function serveDaemonOnPath(daemon: SandboxDaemon, path: string): Promise<DaemonServer> {
  // gRPC writes to stderr where it cannot listen, and drops why. It has to listen itself all the same: with Node 24, a server that
  // is handed connections does not close while a call runs.
  const trial = createServer();
  await once(trial.listen({ path }), 'listening');
  await new Promise((closed) => trial.close(closed));
  const server = answering(daemon, () => localIdentity);
  await bind(server, `unix:${path}`, ServerCredentials.createInsecure());
  return { port: 0, close: () => shutDown(server) };
}

/**
 * Serves it on a unix socket that another process has bound and keeps open (socket activation: systemd, for jacod). The
 * socket file stays when the server closes.
 * @param fileDescriptor  of the listening socket
 * @throws Error  it is not a listening socket
 */
export async function serveDaemonOnPassedSocket(daemon: SandboxDaemon, fileDescriptor: number): Promise<DaemonServer> {
  const server = answering(daemon, () => localIdentity);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((connection) => injector.injectConnection(connection));
  await once(listener.listen({ fd: fileDescriptor }), 'listening');
  return {
    port: 0,
    async close() {
      listener.close();
      await shutDown(server);
    },
  };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
}

function answering(daemon: SandboxDaemon, identify: (call: Call) => string): Server {
  const server = new Server();
  server.addService(services.cluster, clusterService(daemon, identify));
  server.addService(services.audit, auditService(daemon, identify));
  return server;
}

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => server.forceShutdown(), closingPatienceMs);
    server.tryShutdown(() => {
      clearTimeout(giveUp);
      resolve();
    });
  });
}

function credentialsFrom({ certificate, key }: CertifiedKey): ServerCredentials {
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) };
  return ServerCredentials.createSsl(null, [pair], false);
}

function clusterService(daemon: SandboxDaemon, identify: (call: Call) => string): UntypedServiceImplementation {
  return {
    Status: (_call: unknown, answer: sendUnaryData<unknown>) => answer(null, daemon.status()),
    Backup: (call: Call) => stream(call, 'backup_failed', async () => sendArchive(call, daemon.backup(identify(call)))),
  };
}

function auditService(daemon: SandboxDaemon, identify: (call: Call) => string): UntypedServiceImplementation {
  return {
    Query: (call: Call) =>
      stream(call, 'query_failed', async (signal) => {
        identify(call);
        for await (const event of daemon.audit(call.request as AuditQueryRequest, signal)) await send(call, event);
      }),
  };
}

/** @throws a refusal */
function authenticate(daemon: SandboxDaemon, call: Call): string {
  const [header] = call.metadata.get('authorization');
  const token = typeof header === 'string' ? (/^Bearer (.+)$/.exec(header)?.[1] ?? '') : '';
  const answer = daemon.authenticate(token);
  if (answer === 'token_revoked') throw refusal('token_revoked', 'the operator token has been revoked');
  if (answer === 'token_invalid') throw refusal('token_invalid', 'the operator token is not known');
  return answer.identity;
}

/** Runs the handler of a call, and ends the call with it; a caller that disconnects ends it early. */
function stream(
  call: Call,
  failure: 'backup_failed' | 'query_failed',
  answer: (signal: AbortSignal) => Promise<void>,
): void {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  answer(gone.signal).then(
    () => call.end(),
    (error: Error) => {
      if (gone.signal.aborted) return;
      call.emit('error', 'metadata' in error ? error : refusal(failure, error.message));
    },
  );
}

async function sendArchive(call: Call, archive: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of archive) {
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      await send(call, { data: bytes.subarray(start, start + chunkBytes) });
    }
  }
}

/** Sends one message and waits for a slow caller. */
async function send(call: Call, message: unknown): Promise<void> {
  if (call.cancelled) throw new Error('the caller has gone');
  if (call.write(message)) return;
  const settled = new AbortController();
  try {
    await Promise.race([
      once(call, 'drain', { signal: settled.signal }),
      once(call, 'cancelled', { signal: settled.signal }),
    ]);
  } finally {
    settled.abort();
  }
}
