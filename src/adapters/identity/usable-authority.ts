import type { KeyObject, X509Certificate } from 'node:crypto';
import type { ClusterAuthority } from '../../domain/archive/snapshot-findings.js';
import { type AuthorityCertificate, readAuthorityCertificate } from './authority-certificate.js';
import { oids } from './object-identifiers.js';
import { certificateIn, privateKeyIn } from './pem.js';
import { formatInstant, validityOf } from './validity.js';

/** A CA that can sign certificates that clients accept, or the reason why it cannot: a clause that quotes no secret. */
export type AuthorityVerdict =
  | { readonly kind: 'usable'; readonly certificate: X509Certificate }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Curves that TLS clients accept in certificates (RFC 8446, section 4.2.3), by their names in OpenSSL. */
const acceptedCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Clients refuse an RSA key with fewer bits. */
const leastRsaBits = 2048;

/** Extensions that are checked here; a client refuses a certificate with an unknown critical one. */
const understood = new Set<string>([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
  oids.subjectAlternativeName,
]);

/**
 * Whether a cluster's CA, as the state holds it, can issue certificates at the time `nowMs` (milliseconds since 1970).
 * Clients trust only its certificate, so it must be self-signed: OpenSSL, and so Node, curl and Python, look for the
 * issuer of any other.
 */
export function judgeAuthority(authority: ClusterAuthority, nowMs: number): AuthorityVerdict {
  const parsed = certificateIn(authority.certificate);
  if (parsed === undefined) return unusable("the cluster's CA certificate cannot be read");
  const key = privateKeyIn(authority.key);
  if (key === undefined) return unusable("the cluster's CA key cannot be read");
  const reason = faultOfKey(key, parsed) ?? faultOfCertificate(readAuthorityCertificate(parsed), nowMs);
  return reason === undefined ? { kind: 'usable', certificate: parsed } : unusable(reason);
}

function unusable(reason: string): AuthorityVerdict {
  return { kind: 'unusable', reason };
}

function faultOfKey(key: KeyObject, certificate: X509Certificate): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  // A different key could sign, but no client would trust the result.
  if (!certificate.checkPrivateKey(key)) return "the cluster's CA key does not belong to its CA certificate";
  if (type === 'ed25519') return undefined;
  if (type === 'ec') {
    if (acceptedCurves.has(details?.namedCurve ?? '')) return undefined;
    return `the cluster's CA key is on the curve ${details?.namedCurve}, which clients do not accept`;
  }
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) >= leastRsaBits) return undefined;
    return `the cluster's CA key is an RSA key of ${details?.modulusLength} bits, which clients do not accept`;
  }
  return `the cluster's CA key is of the type ${type}; Ed25519, ECDSA and RSA keys can be used`;
}

function faultOfCertificate(certificate: AuthorityCertificate, nowMs: number): string | undefined {
  const { parsed, extensions, isVersion1 } = certificate;
  const { notBeforeMs, notAfterMs } = validityOf(parsed);
  const its = "the cluster's CA certificate";
  // Clients also accept a certificate of version 1 that they are configured to trust.
  if (!parsed.ca && !isVersion1) return `${its} is not that of a CA`;
  if (!parsed.checkIssued(parsed) || !parsed.verify(parsed.publicKey)) {
    return `${its} is not self-signed: clients would look for another CA, which they do not have`;
  }
  if (nowMs > notAfterMs) return `${its} expired at ${formatInstant(notAfterMs)}`;
  if (nowMs < notBeforeMs) {
    return `${its} is not valid before ${formatInstant(notBeforeMs)}, and the clock of this host says ${formatInstant(nowMs)}`;
  }
  if (!isForServersAndClients(parsed)) {
    return `${its} does not allow certificates for both servers and clients`;
  }
  const obstacle = extensions.find(
    ({ oid, critical }) => oid === oids.nameConstraints || (critical && !understood.has(oid)),
  );
  return obstacle === undefined ? undefined : `${its} restricts what it signs by the extension ${obstacle.oid}`;
}

/** Whether its extended key usage, if any, allows both sides of TLS. */
export function isForServersAndClients(certificate: X509Certificate): boolean {
  // Undefined without that extension, although its type says otherwise.
  const purposes: readonly string[] | undefined = certificate.keyUsage;
  if (purposes === undefined || purposes.includes(oids.anyExtendedKeyUsage)) return true;
  return purposes.includes(oids.serverAuth) && purposes.includes(oids.clientAuth);
}
