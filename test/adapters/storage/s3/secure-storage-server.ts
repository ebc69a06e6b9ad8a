import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../../src/adapters/identity/certificate-authority.js';
import { endWithThisProcess, runVersitygw, versitygwKeys } from './storage-servers.js';

/** A server of object storage that speaks TLS, with a certificate that a CA of its own has signed. */
export interface SecureStorageServer {
  readonly port: number;
  /** PEM file with the certificate of the CA. */
  readonly authorityPath: string;
  /** PEM file with that of a CA that has signed nothing of this server. */
  readonly otherAuthorityPath: string;
  /** Credentials for it, and no word of where it is. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it keeps buckets as directories. */
  readonly dataDirectory: string;
}

/** The name of the server, which no name service knows. Buckets have names below it. */
export const secureHost = 'objects.test';

/** versitygw behind a port that passes bytes on unread, so that TLS reaches from the client to the server. */
export async function startSecureStorage(path: string): Promise<SecureStorageServer> {
  const directory = mkdtempSync(join(tmpdir(), 'jaco-test-'));
  const written = (name: string, text: string) => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const [authority, other] = [
    await createCertificateAuthority('private CA', Date.now()),
    await createCertificateAuthority('another CA', Date.now()),
  ];
  const hosts = [secureHost, `*.${secureHost}`, '127.0.0.1'];
  const { certificate, key } = await signNodeCertificate(authority, secureHost, hosts, Date.now());
  const tls = ['--cert', written('server.crt', certificate), '--key', written('server.key', key)];
  const { socketPath, data, child, clear } = await runVersitygw(path, [...tls, '--virtual-domain', secureHost]);
  endWithThisProcess(child, () => {
    clear();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    port: await passOn(socketPath),
    dataDirectory: data,
    authorityPath: written('ca.crt', authority.certificate),
    otherAuthorityPath: written('other-ca.crt', other.certificate),
    environment: { ...versitygwKeys, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' },
  };
}

async function passOn(socketPath: string): Promise<number> {
  const server = createServer((client) => {
    const onward = createConnection(socketPath);
    for (const [from, to] of [
      [client, onward],
      [onward, client],
    ] as const) {
      from.unref();
      from.on('error', () => to.destroy()).pipe(to);
    }
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
