import type { X509Certificate } from 'node:crypto';

/** When a certificate is valid, in milliseconds since 1970, both ends included. */
export function validityOf(certificate: X509Certificate): {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
} {
  return { notBeforeMs: Date.parse(certificate.validFrom), notAfterMs: Date.parse(certificate.validTo) };
}

/** A time for a message, to the second: a certificate knows no smaller unit. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
