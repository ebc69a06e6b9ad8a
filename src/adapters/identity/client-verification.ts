import type { X509Certificate } from 'node:crypto';
import { isIpAddress } from '../../domain/values/network-address.js';
import type { CertifiedKey } from './certificate-authority.js';
import { certificateIn, privateKeyIn } from './pem.js';
import { isForServersAndClients } from './usable-authority.js';
import { formatInstant, validityOf } from './validity.js';

/** What a client of a node checks its certificate against. */
export interface ClientExpectation {
  /** The only CA that it trusts. */
  readonly authority: X509Certificate;
  /** The node's hostname: newer daemons require it as the common name of a peer (raft's transport over TLS). */
  readonly name: string;
  /** The names and IP addresses under which it dials. */
  readonly hosts: readonly string[];
  readonly nowMs: number;
}

/**
 * Verifies a node's certificate and key as its peers do: clients of its gRPC server, and, with newer daemons, the
 * servers that it dials itself. Returns the reason against it, as a clause that begins with "it"; undefined if there is
 * no reason. Does not check whether the CA itself may issue certificates.
 */
export function verifyAsClient(
  { certificate, key }: CertifiedKey,
  { authority, name, hosts, nowMs }: ClientExpectation,
): string | undefined {
  const parsed = certificateIn(certificate);
  if (parsed === undefined) return 'it is not a certificate';
  const parsedKey = privateKeyIn(key);
  if (parsedKey === undefined) return 'its key is not a private key';
  if (!parsed.checkPrivateKey(parsedKey)) return 'it does not belong to its key';
  if (!parsed.checkIssued(authority)) return 'it is not one of this CA';
  if (!parsed.verify(authority.publicKey)) return 'it is not signed with the key of this CA';
  const { notBeforeMs, notAfterMs } = validityOf(parsed);
  if (nowMs > notAfterMs) return `it expired at ${formatInstant(notAfterMs)}`;
  if (nowMs < notBeforeMs) return `it is not valid before ${formatInstant(notBeforeMs)}`;
  if (parsed.ca) return 'it is that of a CA';
  if (!isForServersAndClients(parsed)) return 'it is not for both servers and clients';
  if (parsed.subject !== `CN=${name}`) return `its common name is not ${name}`;
  const missing = hosts.find((host) => !isFor(parsed, host));
  return missing === undefined ? undefined : `it is not valid for ${missing}`;
}

function isFor(certificate: X509Certificate, host: string): boolean {
  // Clients ignore the common name, and do not know an IPv6 address's zone.
  if (!isIpAddress(host)) return certificate.checkHost(host, { subject: 'never' }) !== undefined;
  return certificate.checkIP(host.replace(/%.*$/, '')) !== undefined;
}
