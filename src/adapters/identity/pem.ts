import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** The first certificate in a PEM text; undefined if there is no readable one. */
export function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/**
 * The private key in a PEM text; undefined if there is no key that can be read without a passphrase. Drops the
 * library's error, which could quote the key.
 */
export function privateKeyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
