import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBER, type ObjectIdentifier, type OctetString, type Primitive, type Sequence } from 'asn1js';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CertifiedKey } from '../../../src/adapters/identity/certificate-authority.js';
import { issueNodeIdentity } from '../../../src/adapters/identity/node-identity-issuer.js';
import type { ClusterAuthority } from '../../../src/domain/archive/snapshot-findings.js';
import { makeAuthority } from '../../builders/authority.js';

const test = suite('identities that a cluster’s CA issues');
const nowMs = Date.now();
const dayMs = 86_400_000;
const hosts = ['node-1', '10.0.0.7', '::1', 'fe80::1%eth0'];
const issue = (authority: ClusterAuthority, atMs = nowMs) => issueNodeIdentity(authority, 'node-1', hosts, atMs);

async function issued(authority: ClusterAuthority, atMs = nowMs): Promise<CertifiedKey> {
  const outcome = await issue(authority, atMs);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  return outcome.identity;
}

/** The key identifier in a certificate's extension 2.5.29.35; undefined without one. */
function authorityKeyIdentifier(certificate: string): Buffer | undefined {
  const { result } = fromBER(new X509Certificate(certificate).raw);
  const fields = ((result as Sequence).valueBlock.value[0] as Sequence).valueBlock.value as Sequence[];
  const extensions = ((fields.at(-1) as Sequence).valueBlock.value[0] as Sequence).valueBlock.value as Sequence[];
  const found = extensions.find(
    ({ valueBlock }) => (valueBlock.value[0] as ObjectIdentifier).valueBlock.toString() === '2.5.29.35',
  );
  if (found === undefined) return undefined;
  const value = fromBER((found.valueBlock.value.at(-1) as OctetString).valueBlock.valueHexView).result as Sequence;
  const identifier = value.valueBlock.value[0] as Primitive;
  assert.is(identifier.idBlock.tagNumber, 0);
  return Buffer.from(identifier.valueBlock.valueHexView);
}

for (const [what, keyIdentifier] of Object.entries({
  'SHA-1, 20 bytes': Buffer.alloc(20, 0xab),
  'SHA-256, 32 bytes': Buffer.alloc(32, 0xcd),
  'one byte': Buffer.of(0x00),
  'the DER of an octet string': Buffer.from('04020102', 'hex'),
  'the DER of a sequence': Buffer.from('30060403abcdef0500', 'hex'),
  'more than a DER length of one byte': Buffer.alloc(300, 0x11),
})) {
  test(`repeat the CA’s key identifier byte for byte: ${what}`, async () => {
    const authority = makeAuthority({ keyIdentifier });
    assert.equal(authorityKeyIdentifier((await issued(authority)).certificate), keyIdentifier);
  });
}

test('repeat the bytes of any key identifier of the CA', async () => {
  const key = generateKeyPairSync('ed25519').privateKey;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 80 }), async (keyIdentifier) => {
      const { certificate } = await issued(makeAuthority({ key, keyIdentifier }));
      assert.equal(authorityKeyIdentifier(certificate), Buffer.from(keyIdentifier));
    }),
    { numRuns: 60 },
  );
});

test('have no authority key identifier if the CA has no key identifier', async () => {
  const { certificate } = await issued(makeAuthority());
  assert.is(authorityKeyIdentifier(certificate), undefined);
});

test('belong to the CA of a real daemon, whose key identifier is not SHA-1', async () => {
  const path = fileURLToPath(new URL('../../../../test/fixtures/authorities/real-daemon/ca.pem', import.meta.url));
  const text = readFileSync(path, 'utf8');
  const keyStart = text.indexOf('-----BEGIN PRIVATE');
  const authority = { certificate: text.slice(0, keyStart), key: text.slice(keyStart) };
  const { certificate } = await issued(authority, Date.UTC(2027, 0, 1));
  assert.is(authorityKeyIdentifier(certificate)?.toString('hex'), 'cedd5aab5dce107ef429c27cf82552b74db0747a');
  assert.ok(new X509Certificate(certificate).checkIssued(new X509Certificate(authority.certificate)));
});

const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
for (const [what, key] of Object.entries<KeyObject>({ 'ECDSA, P-256': p256, 'RSA, 2048 bits': rsa })) {
  test(`are signed with a key of ${what}`, async () => {
    const authority = makeAuthority({ key, keyIdentifier: Buffer.alloc(20, 1) });
    const leaf = new X509Certificate((await issued(authority)).certificate);
    assert.ok(leaf.verify(new X509Certificate(authority.certificate).publicKey));
  });
}

test('last no longer than their CA', async () => {
  const notAfterMs = Math.floor(nowMs / 1000) * 1000 + 30 * dayMs;
  const { certificate } = await issued(makeAuthority({ notAfterMs }));
  assert.is(Date.parse(new X509Certificate(certificate).validTo), notAfterMs);
});

test('last to a whole second also beyond 2049, where the form of the time could hold a fraction', async () => {
  const authority = makeAuthority({ notAfterMs: Date.UTC(2080, 0, 1) });
  const { certificate } = await issued(authority, Date.UTC(2049, 11, 31, 12) + 89);
  assert.match(new X509Certificate(certificate).validTo, /^\w+ +\d+ \d\d:\d\d:\d\d 20[5-7]\d GMT$/);
});

const other = generateKeyPairSync('ed25519').privateKey;
const serverAuth = '1.3.6.1.5.5.7.3.1';
const second = (ms: number) => Math.floor(ms / 1000) * 1000;
const ed448 = generateKeyPairSync('ed448').privateKey;
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const good = makeAuthority();
const instant = (ms: number) => new Date(second(ms)).toISOString().replace('.000Z', 'Z');

for (const [what, authority, reason] of [
  ['that has expired', makeAuthority({ notAfterMs: nowMs - dayMs }), `expired at ${instant(nowMs - dayMs)}`],
  [
    'that is not valid yet',
    makeAuthority({ notBeforeMs: nowMs + dayMs, notAfterMs: nowMs + 2 * dayMs }),
    `is not valid before ${instant(nowMs + dayMs)}, and the clock of this host says ${instant(nowMs)}`,
  ],
  ['that is none by its constraints', makeAuthority({ isAuthority: false }), 'is not that of a CA'],
  ['whose key may not sign certificates', makeAuthority({ keyUsage: 0x80 }), 'is not that of a CA'],
  [
    'that another CA has signed',
    makeAuthority({ signer: { name: 'the root', key: other } }),
    'is not self-signed: clients would look for another CA, which they do not have',
  ],
  [
    'that another key of its own name has signed',
    makeAuthority({ signer: { name: 'JACO Cluster CA', key: other } }),
    'is not self-signed',
  ],
  [
    'for servers alone',
    makeAuthority({ purposes: [serverAuth] }),
    'does not allow certificates for both servers and clients',
  ],
  [
    'with name constraints',
    makeAuthority({ extra: { oid: '2.5.29.30', critical: false, value: '300aa008300682046a61636f' } }),
    'restricts what it signs by the extension 2.5.29.30',
  ],
  [
    'with a critical extension that nobody knows',
    makeAuthority({ extra: { oid: '1.2.3.4', critical: true, value: '0500' } }),
    'restricts what it signs by the extension 1.2.3.4',
  ],
  ['with an Ed448 key', makeAuthority({ key: ed448 }), 'key is of the type ed448'],
  [
    'on a curve that TLS does not know',
    makeAuthority({ key: secp256k1 }),
    'on the curve secp256k1, which clients do not',
  ],
  ['with a short RSA key', makeAuthority({ key: shortRsa }), 'an RSA key of 1024 bits, which clients do not accept'],
  ['with the key of another', { ...good, key: makeAuthority().key }, 'key does not belong to its CA certificate'],
  ['whose key is no PEM', { ...good, key: 'a secret' }, "cluster's CA key cannot be read"],
  ['whose certificate is no PEM', { ...good, certificate: 'a text' }, "cluster's CA certificate cannot be read"],
] as const) {
  test(`are not issued by a CA ${what}`, async () => {
    const outcome = await issue(authority);
    if (outcome.kind === 'issued') throw new Error('it was issued');
    assert.match(outcome.reason, reason);
    assert.not.match(outcome.reason, 'secret');
  });
}

test('are issued by a CA with an extension that may be ignored', async () => {
  const anything = '2.5.29.37.0';
  await issued(makeAuthority({ extra: { oid: '1.2.3.4', critical: false, value: '0500' } }));
  await issued(makeAuthority({ purposes: [anything] }));
});

test('are not issued where a client would not find a name in the certificate', async () => {
  const outcome = await issueNodeIdentity(good, 'node-1', ['node-1', 'nöde'], nowMs);
  if (outcome.kind === 'issued') throw new Error('it was issued');
  assert.match(outcome.reason, /^clients would not trust a certificate .*: it is not valid for nöde$/);
});

test.run();
