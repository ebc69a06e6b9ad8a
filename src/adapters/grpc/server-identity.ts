import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { withoutZone } from '../../domain/values/network-address.js';

/** The server's name in the TLS handshake, and the check of its certificate. */
export interface ServerIdentity {
  /** Sent to the server as server name indication. */
  readonly indicatedName: string;
  /**
   * For `checkServerIdentity` of tls.connect: why a certificate is not that of the dialled host, or undefined if it is.
   * Ignores the name that TLS passes: for an address it is a placeholder.
   */
  readonly check: (name: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * Placeholder for an address, as server name indication carries only names (RFC 6066, section 3) and gRPC always sends
 * one. No host has this name (RFC 6761, section 6.4).
 */
const nameOfAnAddress = 'ip-address.invalid';

/**
 * The identity of the server at `host`, a name or an IP address: its certificate must carry exactly that name or
 * address among its subject alternative names. A zone ("%eth0") has a meaning only on this machine, and no certificate
 * contains it.
 */
export function serverIdentity(host: string): ServerIdentity {
  const dialled = withoutZone(host);
  if (isIP(dialled) === 0) {
    return { indicatedName: dialled, check: (_name, certificate) => checkServerIdentity(dialled, certificate) };
  }
  return { indicatedName: nameOfAnAddress, check: (_name, certificate) => checkAddress(dialled, certificate) };
}

/**
 * Uses OpenSSL's own comparison: tls.checkServerIdentity of Node 22.23, and of some versions of 24 and 26, refuses all
 * IPv6 addresses (nodejs/node#64032).
 */
function checkAddress(address: string, { raw, subjectaltname }: PeerCertificate): Error | undefined {
  if (new X509Certificate(raw).checkIP(address) !== undefined) return undefined;
  const error = new Error(`the certificate is for ${subjectaltname ?? 'no address'}, not for ${address}`);
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}
