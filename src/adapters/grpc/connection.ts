import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ChannelOptions, Client, credentials, Metadata } from '@grpc/grpc-js';
import { JacoError } from '../../domain/errors.js';
import { advice, checkParameters, giveParameter } from '../../domain/remedy.js';
import { formatNetworkAddress, type NetworkAddress, parseNetworkAddress } from '../../domain/values/network-address.js';
import { printable } from '../../domain/values/printable-text.js';
import { faultOfSocketPath, unixSocketPath, unixSocketPathLimit } from '../host/unix-socket-path.js';
import { serverIdentity } from './server-identity.js';
import { zonedTarget } from './zoned-address.js';

/** Where to reach a daemon, and with which credentials. */
export type DaemonConnection =
  | {
      /** The local unix socket: its file permissions are the only authentication, no token is sent. */
      readonly kind: 'socket';
      readonly path: string;
    }
  | {
      /** TCP, always TLS, the server's certificate always verified. */
      readonly kind: 'tls';
      /** `host:port`, or only a host for port 7000. */
      readonly address: string;
      /** PEM file of the cluster CA. */
      readonly caCertificatePath: string;
      /** The operator's bearer token. Secret. */
      readonly token: string;
    };

/** A client and the metadata of its calls. The caller that opened it closes it. */
export interface OpenClient {
  readonly client: Client;
  /** Authentication. */
  readonly metadata: Metadata;
}

/** The daemon's gRPC port (wire facts, section 1). */
const defaultPort = 7000;

const channelOptions: ChannelOptions = {
  // A daemon may cut its stream into chunks of any size.
  'grpc.max_receive_message_length': -1,
  // With HTTP/2's default of 64 KiB the daemon would wait for our acknowledgement after each chunk. In bytes.
  'grpc-node.flow_control_window': 512 * 1024,
  // A cluster is dialled directly: a proxy from the environment is for the outside world.
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
};

/**
 * Prepares a client; nothing is dialled before its first call.
 * @throws request_invalid      the address is not a host:port, or the path cannot be that of a socket
 * @throws credentials_missing  the token is not possible
 * @throws ca_unreadable        the CA file is not there, cannot be read or is not PEM
 */
export async function openClient(connection: DaemonConnection): Promise<OpenClient> {
  const metadata = new Metadata();
  if (connection.kind === 'socket') {
    const target = `unix:${usableSocketPath(connection.path)}`;
    return { client: new Client(target, credentials.createInsecure(), channelOptions), metadata };
  }
  const address = serverAddress(connection.address);
  metadata.set('authorization', `Bearer ${usableToken(connection.token)}`);
  const authority = await readCaCertificate(connection.caCertificatePath);
  const { indicatedName, check } = serverIdentity(address.host);
  const trust = credentials.createSsl(authority, null, null, { checkServerIdentity: check, rejectUnauthorized: true });
  const options = { ...channelOptions, 'grpc.ssl_target_name_override': indicatedName };
  const target = address.host.includes('%') ? zonedTarget(address) : `dns:${formatNetworkAddress(address)}`;
  return { client: new Client(target, trust, options), metadata };
}

/**
 * Reads the address of a server.
 * @throws request_invalid
 */
export function serverAddress(text: string): NetworkAddress {
  const address = parseNetworkAddress(text) ?? parseNetworkAddress(`${text}:${defaultPort}`);
  if (address !== undefined) return address;
  throw new JacoError('request_invalid', `the server's address "${printable(text, 80)}" is not a host:port.`, {
    remedies: [giveParameter('server', `10.0.0.5:${defaultPort}`)],
  });
}

/**
 * Reads the PEM file of the cluster CA.
 * @throws ca_unreadable
 */
export async function readCaCertificate(path: string): Promise<Buffer> {
  const refuse = (reason: string, cause: unknown) =>
    new JacoError('ca_unreadable', `cannot use ${printable(path, 4096)} as the cluster CA certificate: ${reason}.`, {
      remedies: [giveParameter('caCertificate')],
      details: { path },
      cause,
    });
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    throw refuse(reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? String(error), error);
  }
  const certificates = content.toString('latin1').match(pemCertificate) ?? [];
  if (certificates.length === 0) throw refuse('it is not a PEM certificate', undefined);
  try {
    // TLS itself ignores what it cannot read, and then trusts no server.
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw refuse('its PEM certificate is damaged', error);
  }
  return content;
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]*(?:-----END CERTIFICATE-----)?/g;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
};

function usableSocketPath(path: string): string {
  const fault = faultOfSocketPath(path);
  const usable = unixSocketPath(path);
  if (fault === undefined && usable !== undefined) return usable;
  throw new JacoError('request_invalid', `cannot reach the daemon at ${printable(path, 4096)}: ${fault}.`, {
    remedies: [advice(`Name the socket by a path in one line, of at most ${unixSocketPathLimit} bytes.`)],
  });
}

/** gRPC's own error about a token with, for example, a line break would print it, so we check it before. */
function usableToken(token: string): string {
  if (/^[\u0021-\u007e]+$/.test(token)) return token;
  throw new JacoError('credentials_missing', 'the operator token holds characters that no token has.', {
    remedies: [checkParameters('token')],
  });
}

/** The daemon's address in words, for errors. */
export function describeConnection(connection: DaemonConnection): string {
  return connection.kind === 'socket' ? printable(connection.path, 4096) : printable(connection.address, 300);
}
