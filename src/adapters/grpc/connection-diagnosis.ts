import { stat } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { JacoError } from '../../domain/errors.js';
import { advice, checkParameters, giveParameter, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { type DaemonConnection, describeConnection, readCaCertificate, serverAddress } from './connection.js';
import { serverIdentity } from './server-identity.js';

/** How long the second attempt may take, in milliseconds. */
const diagnosisDeadlineMs = 5_000;

/**
 * Finds out why a connection failed, by making another one to the same address with the same CA, without sending
 * anything. gRPC itself reports only the failure, or hides the reason in prose.
 * @returns undefined if a connection can be made after all
 */
export async function diagnoseConnection(connection: DaemonConnection): Promise<JacoError | undefined> {
  const code = connection.kind === 'socket' ? await trySocket(connection.path) : await tryTls(connection);
  if (code === undefined) return undefined;
  return connection.kind === 'socket' ? socketFailure(connection, code) : serverFailure(connection, code);
}

type Socket = Extract<DaemonConnection, { kind: 'socket' }>;
type Server = Extract<DaemonConnection, { kind: 'tls' }>;

async function trySocket(path: string): Promise<string | undefined> {
  const code = await settle(connectSocket(path), 'connect');
  // The kernel reports the same error for a file that is not a socket and for a socket without a listener.
  const isOther = code === 'ECONNREFUSED' && !(await stat(path).catch(() => undefined))?.isSocket();
  return isOther ? 'ENOTSOCK' : code;
}

async function tryTls(connection: Server): Promise<string | undefined> {
  const { host, port } = serverAddress(connection.address);
  const ca = await readCaCertificate(connection.caCertificatePath);
  const { indicatedName: servername, check: checkServerIdentity } = serverIdentity(host);
  const trust = { ca, servername, checkServerIdentity, rejectUnauthorized: true };
  return settle(connectTls({ host, port, ALPNProtocols: ['h2'], ...trust }), 'secureConnect');
}

/** Resolves to the code of the failure, or to undefined once `event` has come. */
function settle(socket: ReturnType<typeof connectSocket>, event: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (code: string | undefined) => {
      socket.destroy();
      resolve(code);
    };
    socket.setTimeout(diagnosisDeadlineMs, () => end('ETIMEDOUT'));
    socket.once(event, () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('close', () => end('ECONNRESET'));
  });
}

interface SocketFault {
  readonly reason: string;
  readonly remedies: readonly Remedy[];
}

const otherWay: readonly Remedy[] = [giveParameter('socket'), { kind: 'give-instead', parameters: ['server'] }];
const noDaemon: readonly Remedy[] = [{ kind: 'start-daemon' }, ...otherWay];
const otherUser: readonly Remedy[] = [{ kind: 'run-as', users: ['root', 'member-of-daemon-group'] }];
const socketFaults: Readonly<Record<string, SocketFault>> = {
  ENOENT: { reason: 'there is no such socket', remedies: noDaemon },
  ECONNREFUSED: { reason: 'no daemon listens on it', remedies: noDaemon },
  EACCES: { reason: 'permission denied', remedies: otherUser },
  EPERM: { reason: 'permission denied', remedies: otherUser },
  ENOTSOCK: { reason: 'it is not a socket', remedies: otherWay },
};

function socketFailure(connection: Socket, code: string): JacoError {
  const { reason, remedies } = socketFaults[code] ?? { reason: code, remedies: noDaemon };
  return new JacoError(
    'connection_failed',
    `cannot reach the daemon at ${describeConnection(connection)}: ${reason}.`,
    {
      remedies,
      details: { errno: code },
    },
  );
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  INVALID_PURPOSE: 'its certificate is not meant for a server',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the cluster CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the cluster CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the cluster CA',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is not signed by the cluster CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by the cluster CA',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the cluster CA',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'it does not speak HTTP/2',
  ECONNRESET: 'it ended the connection during the TLS handshake',
};

function serverFailure(connection: Server, code: string): JacoError {
  const place = describeConnection(connection);
  const details = { errno: code };
  const reason = unreachable[code];
  if (reason !== undefined) {
    return new JacoError('connection_failed', `cannot reach the daemon at ${place}: ${reason}.`, {
      remedies: [checkParameters('server'), advice('Make sure that the daemon runs there.')],
      details,
    });
  }
  return new JacoError(
    'tls_untrusted',
    `the server at ${place} cannot be trusted: ${untrusted[code] ?? `the TLS handshake failed (${printable(code, 80)})`}. Nothing was sent to it.`,
    {
      remedies: [checkParameters('server', 'caCertificate')],
      details,
    },
  );
}
