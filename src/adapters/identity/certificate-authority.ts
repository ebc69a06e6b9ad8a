import 'reflect-metadata';
import { createPrivateKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, PEM both; the key in PKCS #8. */
export interface CertifiedKey {
  readonly certificate: string;
  /** Secret. */
  readonly key: string;
}

/** How long certificates are valid, in milliseconds: ten years, as the daemon's are (wire facts, section 1). */
const validityMs = 3652 * 86_400_000;

/** Clocks of other machines may be behind this one's, in milliseconds. */
const clockSkewMs = 3_600_000;

/** What the daemon uses for all its keys (wire facts, section 1). */
const keyAlgorithm = { name: 'Ed25519' } as const;

type KeyPair = Awaited<ReturnType<typeof webcrypto.subtle.generateKey>> & { readonly privateKey: webcrypto.CryptoKey };

/** Makes the CA of a new cluster. `nowMs` is the time of day, in milliseconds since 1970. */
export async function createCertificateAuthority(name: string, nowMs: number): Promise<CertifiedKey> {
  const keys = await createKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      ...common(name, nowMs),
      keys,
      signingAlgorithm: keyAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

/**
 * Signs a node's certificate with the cluster's CA, for use as a server and as a client. `hosts` are the names and IP
 * addresses under which the node may be dialled.
 * @throws Error  the authority is not a certificate with its private key
 */
export async function signNodeCertificate(
  authority: CertifiedKey,
  name: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<CertifiedKey> {
  const keys = await createKeys();
  const signer = await importKey(createPrivateKey(authority.key));
  const certificate = await X509CertificateGenerator.create(
    {
      ...common(name, nowMs),
      issuer: new X509Certificate(authority.certificate).subject,
      publicKey: keys.publicKey,
      signingKey: signer.key,
      signingAlgorithm: signer.algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([...new Set(hosts)].map(generalName)),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

function common(name: string, nowMs: number) {
  return {
    // A positive number of 16 bytes (RFC 5280, section 4.1.2.2).
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject: [{ CN: [name] }],
    notBefore: new Date(nowMs - clockSkewMs),
    notAfter: new Date(nowMs + validityMs),
  };
}

function generalName(host: string): JsonGeneralName {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host };
}

async function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])) as KeyPair &
    webcrypto.CryptoKeyPair;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** A CA key of any kind that a cluster could have been given. */
async function importKey(key: KeyObject) {
  const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  const [importing, algorithm] =
    key.asymmetricKeyType === 'ed25519'
      ? [keyAlgorithm, keyAlgorithm]
      : key.asymmetricKeyType === 'ec' && curve !== undefined
        ? [
            { name: 'ECDSA', namedCurve: curve },
            { name: 'ECDSA', hash: 'SHA-256' },
          ]
        : [
            { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
            { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
          ];
  const bytes = key.export({ type: 'pkcs8', format: 'der' });
  return { key: await webcrypto.subtle.importKey('pkcs8', bytes, importing, false, ['sign']), algorithm };
}
