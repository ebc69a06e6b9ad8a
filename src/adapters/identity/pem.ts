import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** The first certificate of a PEM text; undefined where there is none that can be read. */
export function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/**
 * The private key in a PEM text; undefined where there is none that can be read without a passphrase. The library's
 * error is not passed on: it could quote the key.
 */
export function privateKeyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
