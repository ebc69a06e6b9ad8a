import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type ConnectionOptions, connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serverIdentity } from '../../../src/adapters/grpc/server-identity.js';
import {
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { skipTest } from '../../skipping.js';

const test = suite('node certificates in TLS');
const scratch = scratchFor(test);
const authority = await createCertificateAuthority('the cluster', Date.now());
const names = ['node-1', 'localhost', '127.0.0.1', '::1', '10.0.0.5'];
const node = await signNodeCertificate(authority, 'node-1', names, Date.now());
let server: Server | undefined;

test.after.each(() => {
  server?.close();
  server = undefined;
});

async function listen(host: string, requestCert = false): Promise<number> {
  const options = { cert: node.certificate, key: node.key, ca: authority.certificate, requestCert };
  server = createServer({ ...options, rejectUnauthorized: requestCert }, (socket) => socket.end('hello'));
  server.on('tlsClientError', () => undefined);
  server.listen(0, host);
  await new Promise((resolve) => server?.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

/** Resolves to the name of the error that ends the handshake; to "trusted" if it succeeds. */
function handshake(options: ConnectionOptions, look = (_: TLSSocket) => 'trusted'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ ca: authority.certificate, ...options }, () => {
      resolve(look(socket));
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');

for (const [host, name] of [
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', 'localhost'],
  ['127.0.0.1', 'node-1'],
  ['::1', '::1'],
] as const) {
  test(`are trusted under ${name} at ${host}`, async () => {
    if (host === '::1' && !hasIpv6) return skipTest('this machine has no IPv6 loopback');
    const port = await listen(host);
    const { indicatedName: servername, check: checkServerIdentity } = serverIdentity(name);
    assert.is(await handshake({ host, port, servername, checkServerIdentity }), 'trusted');
  });
}

test('are not trusted under other names, nor by clients of another cluster', async () => {
  const port = await listen('127.0.0.1');
  assert.is(await handshake({ host: '127.0.0.1', port, servername: 'node-2' }), 'ERR_TLS_CERT_ALTNAME_INVALID');
  const { certificate: ca } = await createCertificateAuthority('the cluster', Date.now());
  assert.match(await handshake({ host: '127.0.0.1', port, ca }), /CERT|VERIFY|SELF_SIGNED/);
});

test('name every host that they were made for', async () => {
  const port = await listen('127.0.0.1');
  const verdicts = await handshake({ host: '127.0.0.1', port }, (socket) =>
    [...names, 'node-2', '10.0.0.6']
      .map((name) => (serverIdentity(name).check('', socket.getPeerCertificate()) === undefined ? 'yes' : 'no'))
      .join(' '),
  );
  assert.is(verdicts, 'yes yes yes yes yes no no');
});

test('prove a client to a server, too', async () => {
  const port = await listen('127.0.0.1', true);
  const trusted = await handshake(
    { host: '127.0.0.1', port, servername: 'node-1', cert: node.certificate, key: node.key },
    (socket) => (socket.authorized ? 'trusted' : String(socket.authorizationError)),
  );
  assert.is(trusted, 'trusted');
});

test('are found good by openssl', () => {
  if (spawnSync('openssl', ['version']).status !== 0) return skipTest('there is no openssl here');
  writeFileSync(scratch.path('ca.crt'), authority.certificate);
  writeFileSync(scratch.path('node.crt'), node.certificate);
  for (const purpose of ['sslserver', 'sslclient']) {
    const parameters = ['verify', '-x509_strict', '-CAfile', scratch.path('ca.crt'), '-purpose', purpose];
    const verdict = execFileSync('openssl', [...parameters, '-verify_ip', '10.0.0.5', scratch.path('node.crt')]);
    assert.match(String(verdict), /node\.crt: OK\n$/);
  }
});

test.run();
