import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { readAuthorityCertificate } from './authority-certificate.js';
import { signCertificate } from './certificate.js';
import { validityOf } from './validity.js';

/** A certificate and its private key, both in PEM; the key in PKCS #8. */
export interface CertifiedKey {
  readonly certificate: string;
  /** Secret. */
  readonly key: string;
}

/** How long certificates are valid, in milliseconds: ten years, as the daemon's are (wire facts, section 1). */
const validityMs = 3652 * 86_400_000;

/** How far clocks of other machines may be behind this one's, in milliseconds. */
const clockSkewMs = 3_600_000;

/** Makes the CA of a new cluster. `nowMs` is the time of day, in milliseconds since 1970. */
export async function createCertificateAuthority(name: string, nowMs: number): Promise<CertifiedKey> {
  const { publicKey, privateKey } = await createKeys();
  const certificate = signCertificate(
    { name, publicKey, ...validity(nowMs), role: { kind: 'authority' } },
    { key: privateKey, certificate: undefined },
  );
  return { certificate, key: pemOf(privateKey) };
}

/**
 * Signs a node's certificate with the cluster's CA, for use as a server and as a client, and no longer than the CA is
 * valid. `hosts` are the names and IP addresses under which the node may be dialled. Does not check whether a client
 * would trust it.
 * @throws Error  the authority is not a certificate with its private key
 */
export async function signNodeCertificate(
  authority: CertifiedKey,
  name: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<CertifiedKey> {
  const key = createPrivateKey(authority.key);
  const issuer = readAuthorityCertificate(new X509Certificate(authority.certificate));
  // A different key could sign, but no client would trust the result.
  if (!issuer.parsed.checkPrivateKey(key)) throw new Error('the key is of another CA');
  const { publicKey, privateKey } = await createKeys();
  const { notBefore, notAfter } = validity(nowMs);
  const lastsUntil = new Date(Math.min(notAfter.getTime(), validityOf(issuer.parsed).notAfterMs));
  const certificate = signCertificate(
    { name, publicKey, notBefore, notAfter: lastsUntil, role: { kind: 'node', hosts } },
    { key, certificate: issuer },
  );
  return { certificate, key: pemOf(privateKey) };
}

/** Ed25519, as the daemon's are (wire facts, section 1). */
function createKeys(): Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }> {
  return promisify(generateKeyPair)('ed25519');
}

function validity(nowMs: number) {
  return { notBefore: new Date(nowMs - clockSkewMs), notAfter: new Date(nowMs + validityMs) };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
