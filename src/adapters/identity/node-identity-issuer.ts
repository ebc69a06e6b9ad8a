import type { ClusterAuthority } from '../../domain/archive/snapshot-findings.js';
import { type CertifiedKey, signNodeCertificate } from './certificate-authority.js';
import { verifyAsClient } from './client-verification.js';
import { judgeAuthority } from './usable-authority.js';

/** A node's identity that its clients accept, or the reason why there cannot be one: a clause that quotes no secret. */
export type IssuedIdentity =
  | { readonly kind: 'issued'; readonly identity: CertifiedKey }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Makes a node's key, and its certificate signed by the cluster's CA, and verifies both as clients will, so that it
 * never issues anything that they would not trust. `hosts` are the names and IP addresses by which the node may be
 * dialled, `nowMs` is the time of day in milliseconds since 1970.
 */
export async function issueNodeIdentity(
  authority: ClusterAuthority,
  name: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<IssuedIdentity> {
  const verdict = judgeAuthority(authority, nowMs);
  if (verdict.kind === 'unusable') return { kind: 'refused', reason: verdict.reason };
  try {
    const identity = await signNodeCertificate(authority, name, hosts, nowMs);
    const fault = verifyAsClient(identity, { authority: verdict.certificate, name, hosts, nowMs });
    if (fault === undefined) return { kind: 'issued', identity };
    return { kind: 'refused', reason: `clients would not trust a certificate that the cluster's CA signs: ${fault}` };
  } catch {
    // The library's error could quote the key.
    return { kind: 'refused', reason: "the cluster's CA cannot sign" };
  }
}
