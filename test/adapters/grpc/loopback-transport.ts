import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import {
  type CertifiedKey,
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';

/** A place on this machine where a test's daemon can listen, and how a client finds it there. */
export interface LoopbackTransport {
  /** For the temporary files of the test; removed on {@link close}. */
  readonly directory: string;
  /** The unix socket's path; undefined over TLS. */
  readonly socket: string | undefined;
  /** Undefined on the socket. */
  readonly identity: CertifiedKey | undefined;
  /** `port` is the one that was bound, over TLS. */
  connection(port: number): DaemonConnection;
  close(): Promise<void>;
}

/** 64 hexadecimal characters, as all tokens. */
export const sampleToken = '5f'.repeat(32);

/** A unix socket in a new directory. */
export async function socketTransport(): Promise<LoopbackTransport> {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-grpc-'));
  const socket = join(directory, 'jaco.sock');
  return {
    directory,
    socket,
    identity: undefined,
    connection: () => ({ kind: 'socket', path: socket }),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** TLS on the loopback, with its own cluster CA. */
export async function tlsTransport(): Promise<LoopbackTransport> {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-grpc-'));
  const authority = await createCertificateAuthority('test cluster CA', Date.now());
  const identity = await signNodeCertificate(authority, 'node-1', ['localhost', '127.0.0.1'], Date.now());
  const caCertificatePath = join(directory, 'ca.crt');
  await writeFile(caCertificatePath, authority.certificate);
  return {
    directory,
    socket: undefined,
    identity,
    connection: (port) => ({ kind: 'tls', address: `127.0.0.1:${port}`, caCertificatePath, token: sampleToken }),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A port of the loopback on which no process listens. */
export const unusedPort = 1;
