import type { ClusterAuthority } from '../../domain/archive/snapshot-findings.js';
import type { CertifiedKey } from './certificate-authority.js';
import { verifyAsClient } from './client-verification.js';
import { certificateIn } from './pem.js';

/** One certificate in a PEM file, which may have other text in between. */
const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Whether one of the certificates in `bundle` is `wanted`, independent of how the PEM text is laid out. */
export function holdsCertificate(bundle: string, wanted: string): boolean {
  const sought = certificateIn(wanted);
  if (sought === undefined) return false;
  return (bundle.match(block) ?? []).some((each) => certificateIn(each)?.raw.equals(sought.raw));
}

/**
 * Why clients that trust the cluster's CA would not trust a certificate and key that an operator left in place, or
 * peers would not accept it for the node `name`; undefined if they would. Its other names are up to the operator.
 */
export function faultOfKeptPair(
  pair: CertifiedKey,
  authority: ClusterAuthority,
  name: string,
  nowMs: number,
): string | undefined {
  const parsed = certificateIn(authority.certificate);
  if (parsed === undefined) return "the cluster's CA certificate cannot be read";
  return verifyAsClient(pair, { authority: parsed, name, hosts: [name], nowMs });
}
