import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readAuthorityCertificate } from '../../src/adapters/identity/authority-certificate.js';
import { type CertificateContent, signCertificate } from '../../src/adapters/identity/certificate.js';
import type { CertifiedKey } from '../../src/adapters/identity/certificate-authority.js';
import { issueNodeIdentity } from '../../src/adapters/identity/node-identity-issuer.js';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import { skipTest } from '../skipping.js';
import {
  askStrictPython,
  type CertificateVerifier,
  certificateVerifiers,
  pythonAbsence,
} from './certificate-verifiers.js';
import { type Engine, engineSuite } from './engine.js';

const hosts = ['node-1', 'localhost', '127.0.0.1', '::1'];

await engineSuite('node certificates of CAs that Go has made', (test, engine) => {
  for (const verifier of certificateVerifiers) {
    const { name, absence, ask } = verifier;
    test(`${name} trusts them, for any CA key and any key identifier, and refuses wrong ones`, async () => {
      const reason = absence();
      if (reason !== undefined) return skipTest(`asking ${name} about certificates: ${reason}`);
      const authorities = makeAuthorities(engine);
      const good = await issueAll(engine, authorities);
      const wrong = wrongIdentities(engine, authorities, verifier);
      const complaints = await ask(engine, [...good, ...wrong]);
      const verdicts = [...good, ...wrong].map((directory, index) => [directory, complaints[index]] as const);
      assert.equal(
        verdicts.slice(0, good.length).filter(([, complaint]) => complaint !== ''),
        [],
      );
      assert.equal(
        verdicts.slice(good.length).filter(([, complaint]) => complaint === ''),
        [],
      );
    });
  }

  test('they pass the stricter verification of newer Pythons where the CA names its key', async () => {
    const reason = pythonAbsence();
    if (reason !== undefined) return skipTest(`asking Python to be strict: ${reason}`);
    const authorities = makeAuthorities(engine);
    authorities.delete('none');
    const good = await issueAll(engine, authorities);
    assert.equal(
      askStrictPython(good).filter((complaint) => complaint !== ''),
      [],
    );
  });
});

/** CAs of every kind, by its name. */
function makeAuthorities(engine: Engine): Map<string, ClusterAuthority> {
  const directory = engine.path('authorities');
  mkdirSync(directory);
  engine.tool(['make-authorities', directory]);
  const read = (...parts: string[]) => readFileSync(join(directory, ...parts), 'utf8');
  const kinds = readdirSync(directory);
  assert.ok(kinds.includes('daemon') && kinds.includes('none'));
  return new Map(kinds.map((kind) => [kind, { certificate: read(kind, 'ca.crt'), key: read(kind, 'ca.key') }]));
}

function issueAll(engine: Engine, authorities: ReadonlyMap<string, ClusterAuthority>): Promise<string[]> {
  return Promise.all(
    [...authorities].map(async ([kind, authority]) => {
      const issued = await issueNodeIdentity(authority, 'node-1', hosts, Date.now());
      if (issued.kind === 'refused') throw new Error(`${kind}: ${issued.reason}`);
      return put(engine, kind, authority, issued.identity);
    }),
  );
}

/** Identities that must not be trusted: without them, a verifier that trusts everything would pass. */
function wrongIdentities(
  engine: Engine,
  authorities: ReadonlyMap<string, ClusterAuthority>,
  { comparesKeyIdentifiers }: CertificateVerifier,
): string[] {
  const [daemon, other] = [authorities.get('daemon'), authorities.get('go')] as [ClusterAuthority, ClusterAuthority];
  const year = 365 * 86_400_000;
  return [
    put(engine, 'wrong-name', daemon, signAs(daemon, { name: 'node-2', role: { kind: 'node', hosts: ['node-2'] } })),
    put(engine, 'wrong-ca', daemon, signAs(other, {})),
    put(engine, 'expired', daemon, signAs(daemon, { notAfter: new Date(Date.now() - year) })),
    put(engine, 'future', daemon, signAs(daemon, { notBefore: new Date(Date.now() + year) })),
    put(engine, 'the-ca-itself', daemon, daemon),
    // What we issued earlier: RFC 5280 suggests SHA-1, but the daemon's CA does not use it.
    ...(comparesKeyIdentifiers ? [put(engine, 'sha1-of-the-ca', daemon, signAs(daemon, {}, sha1Of(daemon)))] : []),
  ];
}

/** A node's certificate with some things changed, and perhaps another identifier of the CA's key. */
function signAs(
  authority: ClusterAuthority,
  changes: Partial<CertificateContent>,
  keyIdentifier?: Uint8Array,
): CertifiedKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const certificate = readAuthorityCertificate(new X509Certificate(authority.certificate));
  const year = 365 * 86_400_000;
  const content: CertificateContent = {
    name: 'node-1',
    publicKey,
    notBefore: new Date(Date.now() - 2 * year),
    notAfter: new Date(Date.now() + 2 * year),
    role: { kind: 'node', hosts },
    ...changes,
  };
  const issuer = keyIdentifier === undefined ? certificate : { ...certificate, keyIdentifier };
  return {
    certificate: signCertificate(content, { key: createPrivateKey(authority.key), certificate: issuer }),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function sha1Of({ certificate }: ClusterAuthority): Uint8Array {
  // An Ed25519 key is the last 32 bytes of its SubjectPublicKeyInfo.
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return createHash('sha1').update(key).digest();
}

/** An identity on disk, with the CA certificate that its verifiers trust; returns the directory. */
function put(engine: Engine, name: string, { certificate }: ClusterAuthority, identity: CertifiedKey): string {
  const directory = engine.path(name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'ca.crt'), certificate);
  writeFileSync(join(directory, 'node-1.crt'), identity.certificate);
  writeFileSync(join(directory, 'node-1.key'), identity.key);
  return directory;
}
