import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { fromBER, type Sequence } from 'asn1js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serverIdentity } from '../../../src/adapters/grpc/server-identity.js';
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
    // The host that is meant cannot always be dialled from here; how it is looked for in the certificate is our client's own way.
    checkServerIdentity: serverIdentity(host).check,
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

/** A certificate's name in the bytes that it is written in. */
function rawName(certificate: string, which: 'issuer' | 'subject'): Buffer {
  const { result } = fromBER(new X509Certificate(certificate).raw);
  const fields = ((result as Sequence).valueBlock.value[0] as Sequence).valueBlock.value;
  // The version, which is tagged, comes before serial number, signature, issuer, validity and subject, or not at all.
  const first = fields[0]?.idBlock.tagClass === 3 ? 1 : 0;
  return Buffer.from(fields[first + (which === 'issuer' ? 2 : 4)]?.valueBeforeDecodeView ?? []);
}

const fixtures = fileURLToPath(new URL('../../../../test/fixtures/authorities', import.meta.url));
for (const file of readdirSync(fixtures).filter((name) => name.endsWith('.pem'))) {
  test(`names its issuer byte for byte and is trusted where the CA is that of ${file}`, async () => {
    const text = readFileSync(join(fixtures, file), 'utf8');
    const keyStart = text.indexOf('-----BEGIN PRIVATE');
    const foreign = { certificate: text.slice(0, keyStart), key: text.slice(keyStart) };
    const signed = await signNodeCertificate(foreign, 'node-1', ['node-1'], nowMs);
    await handshake(signed, foreign.certificate, 'node-1');
    // Go, in which daemons are written, compares the bytes of the two names.
    const issuer = rawName(signed.certificate, 'issuer');
    assert.ok(issuer.length > 20);
    assert.equal(issuer, rawName(foreign.certificate, 'subject'));
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
