import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  Boolean as Asn1Boolean,
  Set as Asn1Set,
  BitString,
  Constructed,
  fromBER,
  GeneralizedTime,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
  UTCTime,
  Utf8String,
} from 'asn1js';

/** What a certificate is to say. */
export interface CertificateContent {
  /** Common name of the subject. */
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A CA signs others; a node has the names and IP addresses under which it is dialled. */
  readonly role: { readonly kind: 'authority' } | { readonly kind: 'node'; readonly hosts: readonly string[] };
}

/** Who signs: a CA with its certificate, or the subject itself where there is none. */
export interface CertificateIssuer {
  readonly key: KeyObject;
  /** PEM. */
  readonly certificate: string | undefined;
}

type Node = Sequence | Constructed | Primitive | Asn1Set | ObjectIdentifier;

/** Identifiers of RFC 5280 (extensions), RFC 8410 (Ed25519), RFC 5758 (ECDSA) and RFC 4055 (RSA). */
const oids = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ed25519: '1.3.101.112',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  rsaWithSha256: '1.2.840.113549.1.1.11',
} as const;

/** From 2050 on, times need the form with four digits of the year (RFC 5280, section 4.1.2.5). */
const firstGeneralizedYear = 2050;

/**
 * Makes a signed X.509 certificate of version 3, PEM (RFC 5280).
 * @throws Error  the issuer's key is of a kind that cannot sign, or its certificate is none
 */
export function signCertificate(content: CertificateContent, issuer: CertificateIssuer): string {
  const scheme = schemeOf(issuer.key);
  const authority = issuer.certificate === undefined ? undefined : readAuthority(issuer.certificate);
  const subject = nameOf(content.name);
  const toBeSigned = new Sequence({
    value: [
      tagged(0, [new Integer({ value: 2 })]),
      // A positive number of 16 bytes.
      new Integer({ valueHex: bufferOf(Buffer.concat([Buffer.of(0x01), randomBytes(15)])) }),
      scheme.identifier,
      authority?.subject ?? subject,
      new Sequence({ value: [timeOf(content.notBefore), timeOf(content.notAfter)] }),
      subject,
      fromBER(bufferOf(content.publicKey.export({ type: 'spki', format: 'der' }))).result as Sequence,
      tagged(3, [new Sequence({ value: extensionsOf(content, authority?.keyIdentifier) })]),
    ],
  });
  const bytes = Buffer.from(toBeSigned.toBER());
  const signature = new BitString({ valueHex: bufferOf(sign(scheme.digest, bytes, issuer.key)) });
  const certificate = new Sequence({ value: [toBeSigned, scheme.identifier, signature] });
  return pemOf(Buffer.from(certificate.toBER()));
}

function schemeOf(key: KeyObject): { readonly identifier: Sequence; readonly digest: 'sha256' | null } {
  const identifier = (oid: string, ...parameters: Null[]) =>
    new Sequence({ value: [new ObjectIdentifier({ value: oid }), ...parameters] });
  if (key.asymmetricKeyType === 'ed25519') return { identifier: identifier(oids.ed25519), digest: null };
  if (key.asymmetricKeyType === 'ec') return { identifier: identifier(oids.ecdsaWithSha256), digest: 'sha256' };
  if (key.asymmetricKeyType === 'rsa') {
    return { identifier: identifier(oids.rsaWithSha256, new Null()), digest: 'sha256' };
  }
  throw new Error(`a key of type ${key.asymmetricKeyType} cannot sign certificates`);
}

/** The names that a certificate's issuer must repeat exactly. */
function readAuthority(pem: string): { readonly subject: Sequence; readonly keyIdentifier: Uint8Array } {
  const certificate = new X509Certificate(pem);
  const parsed = fromBER(bufferOf(certificate.raw)).result as Sequence;
  const fields = (parsed.valueBlock.value[0] as Sequence).valueBlock.value;
  // version [0], serialNumber, signature, issuer, validity, subject; the version is absent in certificates of version 1.
  const first = fields[0]?.idBlock.tagClass === 3 ? 1 : 0;
  return { subject: fields[first + 4] as Sequence, keyIdentifier: keyIdentifierOf(certificate.publicKey) };
}

function extensionsOf({ role, publicKey }: CertificateContent, authorityKey: Uint8Array | undefined): Sequence[] {
  const common = [
    extension(oids.subjectKeyIdentifier, false, new OctetString({ valueHex: bufferOf(keyIdentifierOf(publicKey)) })),
    ...(authorityKey === undefined
      ? []
      : [extension(oids.authorityKeyIdentifier, false, new Sequence({ value: [primitive(0, authorityKey)] }))]),
  ];
  if (role.kind === 'authority') {
    const isAuthority = new Sequence({ value: [new Asn1Boolean({ value: true })] });
    // keyCertSign and cRLSign: the bits 5 and 6.
    return [
      extension(oids.basicConstraints, true, isAuthority),
      extension(oids.keyUsage, true, bits(0x06, 1)),
      ...common,
    ];
  }
  const purposes = [oids.serverAuth, oids.clientAuth].map((value) => new ObjectIdentifier({ value }));
  const names = new Sequence({ value: [...new Set(role.hosts)].map(generalName) });
  return [
    extension(oids.basicConstraints, true, new Sequence({ value: [] })),
    // digitalSignature: the bit 0.
    extension(oids.keyUsage, true, bits(0x80, 7)),
    extension(oids.extendedKeyUsage, false, new Sequence({ value: purposes })),
    extension(oids.subjectAlternativeName, false, names),
    ...common,
  ];
}

function extension(oid: string, critical: boolean, value: Sequence | OctetString | BitString): Sequence {
  return new Sequence({
    value: [
      new ObjectIdentifier({ value: oid }),
      ...(critical ? [new Asn1Boolean({ value: true })] : []),
      new OctetString({ valueHex: value.toBER() }),
    ],
  });
}

/** dNSName is [2], iPAddress [7] with the bytes of the address. */
function generalName(host: string): Primitive {
  return isIP(host) === 0 ? primitive(2, Buffer.from(host, 'latin1')) : primitive(7, addressBytes(host));
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  // The parser of URLs writes an IPv6 address in its one normal form, without an embedded IPv4 address.
  const normal = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head = '', tail] = normal.split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

/** SHA-1 of the key itself, as RFC 5280, section 4.2.1.2, suggests; it names, and protects nothing. */
function keyIdentifierOf(publicKey: KeyObject): Uint8Array {
  const spki = fromBER(bufferOf(publicKey.export({ type: 'spki', format: 'der' })));
  const [, key] = (spki.result as Sequence).valueBlock.value;
  return createHash('sha1')
    .update((key as BitString).valueBlock.valueHexView)
    .digest();
}

function nameOf(commonName: string): Sequence {
  const attribute = new Sequence({
    value: [new ObjectIdentifier({ value: oids.commonName }), new Utf8String({ value: commonName })],
  });
  return new Sequence({ value: [new Asn1Set({ value: [attribute] })] });
}

/** Whole seconds: fractions are not allowed in a certificate. */
function timeOf(date: Date): UTCTime | GeneralizedTime {
  const valueDate = new Date(Math.floor(date.getTime() / 1000) * 1000);
  return date.getUTCFullYear() < firstGeneralizedYear ? new UTCTime({ valueDate }) : new GeneralizedTime({ valueDate });
}

function bits(byte: number, unusedBits: number): BitString {
  return new BitString({ valueHex: bufferOf(Uint8Array.of(byte)), unusedBits });
}

function tagged(tagNumber: number, value: Node[] | Integer[]): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value });
}

function primitive(tagNumber: number, bytes: Uint8Array): Primitive {
  return new Primitive({ idBlock: { tagClass: 3, tagNumber }, valueHex: bufferOf(bytes) });
}

/** The bytes alone: a Buffer may be a view into a larger piece of memory. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
