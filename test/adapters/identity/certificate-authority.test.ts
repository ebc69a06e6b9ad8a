import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import {
  BasicConstraintsExtension,
  type JsonName,
  X509Certificate as Parsed,
  PemConverter,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CertifiedKey,
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';

const test = suite('node certificates');
const nowMs = Date.now();
const tenYearsMs = 10 * 365 * 86_400_000;
const authority = await createCertificateAuthority('the cluster', nowMs);

/** Connects to a server with this identity as a client does that trusts the CA and means `host`. */
async function handshake(identity: CertifiedKey, trusted: string, host: string): Promise<void> {
  const server = createServer({ cert: identity.certificate, key: identity.key });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client: TLSSocket = connect({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    ca: trusted,
    // The host that is meant cannot always be dialled from here; how it is looked for in the certificate is the client's own way.
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  });
  try {
    await once(client, 'secureConnect');
    assert.ok(client.authorized);
  } finally {
    client.destroy();
    server.close();
  }
}

const longName = `${'a'.repeat(63)}.${'b'.repeat(63)}.example`;
const hosts = [
  'node-1',
  'Node.Example',
  longName,
  'localhost',
  '127.0.0.1',
  '10.0.0.7',
  '::1',
  'fd00::7',
  '::ffff:10.0.0.8',
  'fe80::1%eth0',
];
const identity = await signNodeCertificate(authority, 'node-1', hosts, nowMs);

for (const host of hosts) {
  test(`is trusted by a client that means ${host.length > 20 ? 'a long name' : host}`, () =>
    handshake(identity, authority.certificate, host.replace(/%.*$/, '')));
}

for (const host of ['node-2', 'node-1.example', '127.0.0.2', '::2', '10.0.0.8', 'b.example']) {
  test(`is not trusted by a client that means ${host}`, async () => {
    const failure = await handshake(identity, authority.certificate, host).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    assert.is(failure?.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
  });
}

test('is not trusted by a client of another cluster, even one with a CA of the same name', async () => {
  const other = await createCertificateAuthority('the cluster', nowMs);
  const failure = await handshake(identity, other.certificate, 'node-1').catch((error: Error) => error);
  assert.instance(failure, Error);
});

test('is that of its node, for ten years, and cannot sign others', () => {
  const parsed = new X509Certificate(identity.certificate);
  assert.is(parsed.subject, 'CN=node-1');
  assert.is(parsed.ca, false);
  assert.ok(Date.parse(parsed.validFrom) < nowMs);
  assert.ok(Date.parse(parsed.validTo) > nowMs + tenYearsMs);
});

test('is for a server and for a client', () => {
  const usages = new X509Certificate(identity.certificate).keyUsage;
  assert.equal(usages, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
});

test('names each host once', async () => {
  const { certificate } = await signNodeCertificate(authority, 'n', ['n', '::1', 'n', '::1'], nowMs);
  assert.is(new X509Certificate(certificate).subjectAltName, 'DNS:n, IP Address:0:0:0:0:0:0:0:1');
});

/** A CA of other making: with names and keys as other programs write them. */
async function foreignAuthority(
  name: JsonName,
  algorithm: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams | { name: 'Ed25519' },
): Promise<CertifiedKey> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name,
      keys,
      signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
      extensions: [new BasicConstraintsExtension(true)],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Buffer.from([1, 0, 1]), hash: 'SHA-256' };
for (const [what, name, algorithm] of [
  ['a name in UTF-8', [{ CN: [{ utf8String: 'cluster CA' }] }], { name: 'Ed25519' }],
  ['a printable name', [{ CN: [{ printableString: 'cluster CA' }] }], { name: 'Ed25519' }],
  ['a name of several parts', [{ C: ['DE'] }, { O: ['Zoë & Sons'] }, { CN: ['x, y'] }], { name: 'Ed25519' }],
  ['an ECDSA key', [{ CN: ['cluster CA'] }], { name: 'ECDSA', namedCurve: 'P-256' }],
  ['an ECDSA key on a longer curve', [{ CN: ['cluster CA'] }], { name: 'ECDSA', namedCurve: 'P-384' }],
  ['an RSA key', [{ CN: ['cluster CA'] }], rsa],
] as const) {
  test(`names its issuer byte for byte and is trusted where the CA has ${what}`, async () => {
    const foreign = await foreignAuthority(name as unknown as JsonName, algorithm);
    const signed = await signNodeCertificate(foreign, 'node-1', ['node-1'], nowMs);
    await handshake(signed, foreign.certificate, 'node-1');
    // Go, in which daemons are written, compares the bytes of the two names.
    const [issuer, subject] = [new Parsed(signed.certificate).issuerName, new Parsed(foreign.certificate).subjectName];
    assert.equal(Buffer.from(issuer.toArrayBuffer()), Buffer.from(subject.toArrayBuffer()));
  });
}

const otherKey = (await createCertificateAuthority('the cluster', nowMs)).key;
for (const [what, unusable] of Object.entries({
  'whose key is another one': { ...authority, key: otherKey },
  'whose key is no PEM': { ...authority, key: 'secret' },
  'whose key is a certificate': { ...authority, key: authority.certificate },
  'whose certificate is a key': { ...authority, certificate: authority.key },
  'without a certificate': { ...authority, certificate: '' },
})) {
  test(`is not made by a CA ${what}`, async () => {
    const failure = await signNodeCertificate(unusable, 'node-1', ['node-1'], nowMs).catch((error: Error) => error);
    assert.instance(failure, Error);
  });
}

test.run();
