import { createPrivateKey, X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CertifiedKey,
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';
import { verifyAsClient } from '../../../src/adapters/identity/client-verification.js';
import { faultOfKeptPair, holdsCertificate } from '../../../src/adapters/identity/kept-identity.js';
import { type AuthorityTraits, makeAuthority } from '../../builders/authority.js';

const test = suite('what clients hold against a certificate');
const nowMs = Date.now();
const yearMs = 365 * 86_400_000;
const authority = await createCertificateAuthority('JACO Cluster CA', nowMs);
const sameName = await createCertificateAuthority('JACO Cluster CA', nowMs);
const sign = (signer = authority, atMs = nowMs) => signNodeCertificate(signer, 'node-1', ['node-1', '10.0.0.7'], atMs);
const pair = await sign();

function faultOf(identity: CertifiedKey, name = 'node-1', hosts: readonly string[] = [name]): string | undefined {
  return verifyAsClient(identity, { authority: new X509Certificate(authority.certificate), name, hosts, nowMs });
}

/** A certificate of the CA with its own name as subject, and the given traits. */
function signedWith(traits: AuthorityTraits): CertifiedKey {
  const signer = { name: 'JACO Cluster CA', key: createPrivateKey(authority.key) };
  return makeAuthority({ isAuthority: false, keyUsage: 0x80, signer, ...traits });
}

test('is nothing where it is the CA’s, for the name and the hosts', () => {
  assert.is(faultOf(pair, 'node-1', ['node-1', '10.0.0.7']), undefined);
  assert.is(faultOf(signedWith({}), 'JACO Cluster CA', []), undefined);
});

for (const [what, identity, fault] of [
  ['another CA of the same name', await sign(sameName), 'it is not one of this CA'],
  ['its end, long ago', await sign(authority, nowMs - 11 * yearMs), /^it expired at \d{4}-/],
  ['its beginning, in a year', await sign(authority, nowMs + yearMs), /^it is not valid before \d{4}-/],
  ['a key of another', { ...pair, key: (await sign()).key }, 'it does not belong to its key'],
  ['a key that is none', { ...pair, key: 'a secret' }, /^its key is not a private key$/],
  ['a text', { ...pair, certificate: 'a text' }, 'it is not a certificate'],
  ['that it may be a CA', signedWith({ isAuthority: true, keyUsage: 0x04 }), 'it is that of a CA'],
  ['that it is for servers alone', signedWith({ purposes: ['1.3.6.1.5.5.7.3.1'] }), 'it is not for both servers and'],
  ['that it is for clients alone', signedWith({ purposes: ['1.3.6.1.5.5.7.3.2'] }), 'it is not for both servers and'],
] as const) {
  test(`is ${what}`, () => assert.match(String(faultOf(identity)), fault));
}

test('is a signature that only seems to be the CA’s', () => {
  const forged = makeAuthority({
    isAuthority: false,
    signer: { name: 'JACO Cluster CA', key: createPrivateKey(sameName.key) },
  });
  assert.is(faultOf(forged, 'JACO Cluster CA', []), 'it is not signed with the key of this CA');
});

test('is another common name, or a host that it does not name', () => {
  assert.is(faultOf(pair, 'node-2'), 'its common name is not node-2');
  assert.is(faultOf(pair, 'node-1', ['node-1', 'node-2']), 'it is not valid for node-2');
  assert.is(faultOf(pair, 'node-1', ['10.0.0.8']), 'it is not valid for 10.0.0.8');
});

test('is the same for an existing pair, with any other hosts in it', async () => {
  const named = await signNodeCertificate(authority, 'node-1', ['node-1'], nowMs);
  assert.is(faultOfKeptPair(named, authority, 'node-1', nowMs), undefined);
  assert.is(faultOfKeptPair(named, sameName, 'node-1', nowMs), 'it is not one of this CA');
  assert.match(String(faultOfKeptPair(named, { ...authority, certificate: '' }, 'node-1', nowMs)), 'cannot be read');
});

test('is not the form of the CA’s file', () => {
  const { certificate } = authority;
  const windows = `subject=CN = JACO Cluster CA\r\n${certificate.replaceAll('\n', '\r\n')}`;
  assert.ok(holdsCertificate(windows, certificate));
  assert.ok(holdsCertificate(`${sameName.certificate}${certificate}`, certificate));
  assert.not.ok(holdsCertificate(sameName.certificate, certificate));
  assert.not.ok(holdsCertificate('', certificate));
  assert.not.ok(holdsCertificate(certificate, 'a text'));
});

test.run();
