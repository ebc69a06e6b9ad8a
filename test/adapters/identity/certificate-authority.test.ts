import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signCertificate } from '../../../src/adapters/identity/certificate.js';
import {
  type CertifiedKey,
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';

const test = suite('certificate authority');
const nowMs = Date.parse('2026-05-25T10:00:00.750Z');
const day = 86_400_000;
const authority = await createCertificateAuthority('the cluster', nowMs);
const authorityCertificate = new X509Certificate(authority.certificate);

const names = ['node-1', 'localhost', 'node-1.example', '127.0.0.1', '10.0.0.5', '::1', '2001:db8::5'];
const node = await signNodeCertificate(authority, 'node-1', names, nowMs);
const certificate = new X509Certificate(node.certificate);

test('makes a CA that signed itself, with an Ed25519 key', () => {
  assert.is(authorityCertificate.ca, true);
  assert.is(authorityCertificate.subject, 'CN=the cluster');
  assert.is(authorityCertificate.issuer, 'CN=the cluster');
  assert.ok(authorityCertificate.verify(authorityCertificate.publicKey));
  assert.is(authorityCertificate.publicKey.asymmetricKeyType, 'ed25519');
  assert.ok(authorityCertificate.checkPrivateKey(createPrivateKey(authority.key)));
});

test('signs a node that is no CA itself, with a key of its own', () => {
  assert.is(certificate.ca, false);
  assert.is(certificate.subject, 'CN=node-1');
  assert.ok(certificate.checkIssued(authorityCertificate));
  assert.ok(certificate.verify(authorityCertificate.publicKey));
  assert.is(certificate.publicKey.asymmetricKeyType, 'ed25519');
  assert.ok(certificate.checkPrivateKey(createPrivateKey(node.key)));
  assert.is.not(node.key, authority.key);
});

test('lets a node be a server and a client', () => {
  assert.equal(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
});

test('is valid for ten years from an hour ago, in whole seconds', () => {
  for (const each of [authorityCertificate, certificate]) {
    assert.is(Date.parse(each.validFrom), Date.parse('2026-05-25T09:00:00Z'));
    const years = (Date.parse(each.validTo) - nowMs) / (365.25 * day);
    assert.ok(Math.abs(years - 10) < 0.01, each.validTo);
  }
});

test('writes years from 2050 on with four digits', async () => {
  const late = await createCertificateAuthority('late', Date.parse('2049-12-31T23:59:59Z'));
  const { validFrom, validTo } = new X509Certificate(late.certificate);
  assert.equal([new Date(validFrom).getUTCFullYear(), new Date(validTo).getUTCFullYear()], [2049, 2059]);
});

test('gives each certificate a positive serial number of its own', async () => {
  const serials = new Set<string>();
  for (let count = 0; count < 50; count++) {
    const { serialNumber } = new X509Certificate((await signNodeCertificate(authority, 'n', ['n'], nowMs)).certificate);
    assert.match(serialNumber, /^[0-7][0-9A-F]{29,39}$|^[0-9A-F]{1,31}$/);
    serials.add(serialNumber);
  }
  assert.is(serials.size, 50);
});

for (const name of names) {
  test(`names ${name} among the hosts, and nobody else`, () => {
    const isAddress = /^[\d.]+$|:/.test(name);
    assert.is(isAddress ? certificate.checkIP(name) : certificate.checkHost(name), name);
    assert.is(certificate.checkHost('other'), undefined);
    assert.is(certificate.checkIP('10.0.0.6'), undefined);
  });
}

for (const [written, normal] of [
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8::0005', '2001:db8::5'],
  ['::ffff:10.0.0.5', '::ffff:a00:5'],
  ['fe80::1%eth0', 'fe80::1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
] as const) {
  test(`takes the IPv6 address ${written}`, async () => {
    const signed = await signNodeCertificate(authority, 'n', [written], nowMs);
    assert.is.not(new X509Certificate(signed.certificate).checkIP(normal), undefined);
  });
}

test('takes the longest names that a host can have', async () => {
  const label = 'x'.repeat(63);
  const longest = [label, label, label, 'y'.repeat(61)].join('.');
  const signed = new X509Certificate((await signNodeCertificate(authority, longest, [longest], nowMs)).certificate);
  assert.is(signed.checkHost(longest), longest);
});

test('names each host once', async () => {
  const signed = await signNodeCertificate(authority, 'n', ['n', 'n', '::1', '::1'], nowMs);
  assert.is(new X509Certificate(signed.certificate).subjectAltName, 'DNS:n, IP Address:0:0:0:0:0:0:0:1');
});

for (const [kind, keys] of Object.entries({
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
})) {
  test(`signs with a CA whose key is ${kind}`, async () => {
    const foreign = authorityOf(keys.publicKey, keys.privateKey);
    const signed = new X509Certificate((await signNodeCertificate(foreign, 'node-1', ['node-1'], nowMs)).certificate);
    assert.ok(signed.verify(keys.publicKey));
    assert.ok(signed.checkIssued(new X509Certificate(foreign.certificate)));
  });
}

function authorityOf(publicKey: KeyObject, key: KeyObject): CertifiedKey {
  const validity = { notBefore: new Date(nowMs - day), notAfter: new Date(nowMs + day) };
  const content = { name: 'foreign', publicKey, ...validity, role: { kind: 'authority' } } as const;
  const certificateText = signCertificate(content, { key, certificate: undefined });
  return { certificate: certificateText, key: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

const other = await createCertificateAuthority('the cluster', nowMs);

for (const [what, broken] of Object.entries({
  'whose key is another CA’s': { certificate: authority.certificate, key: other.key },
  'whose key is none': { certificate: authority.certificate, key: 'hello' },
  'whose certificate is none': { certificate: 'hello', key: authority.key },
  'that is empty': { certificate: '', key: '' },
})) {
  test(`refuses to sign with a CA ${what}`, async () => {
    const signing = signNodeCertificate(broken, 'node-1', ['node-1'], nowMs);
    const failure = await signing.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.instance(failure, Error);
  });
}

test.run();
