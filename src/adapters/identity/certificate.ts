import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
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
import { isIpAddress } from '../../domain/values/network-address.js';
import type { AuthorityCertificate } from './authority-certificate.js';
import { oids } from './object-identifiers.js';

/** The content of a certificate. */
export interface CertificateContent {
  /** Common name of the subject. */
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A CA signs others; a node has the names and IP addresses by which it is dialled. */
  readonly role: { readonly kind: 'authority' } | { readonly kind: 'node'; readonly hosts: readonly string[] };
}

/** The signer: a CA with its certificate, or without one the subject itself. */
export interface CertificateIssuer {
  readonly key: KeyObject;
  readonly certificate: AuthorityCertificate | undefined;
}

type Node = Sequence | Constructed | Primitive | Asn1Set | ObjectIdentifier;

/** From 2050 on, times need a year of four digits (RFC 5280, section 4.1.2.5). */
const firstGeneralizedYear = 2050;

/**
 * Makes a signed X.509 certificate of version 3, PEM (RFC 5280).
 * Its authority key identifier is the subject key identifier of the issuer's certificate, byte for byte: clients other
 * than Go's refuse a chain in which the two differ, and most accept one without it (RFC 5280, section 4.2.1.1).
 * @throws Error  this kind of key cannot sign
 */
export function signCertificate(content: CertificateContent, issuer: CertificateIssuer): string {
  const scheme = schemeOf(issuer.key);
  const subject = nameOf(content.name);
  const toBeSigned = new Sequence({
    value: [
      tagged(0, [new Integer({ value: 2 })]),
      // A positive number of 16 bytes.
      new Integer({ valueHex: bufferOf(Buffer.concat([Buffer.of(0x01), randomBytes(15)])) }),
      scheme.identifier,
      issuer.certificate?.subject ?? subject,
      new Sequence({ value: [timeOf(content.notBefore), timeOf(content.notAfter)] }),
      subject,
      fromBER(bufferOf(content.publicKey.export({ type: 'spki', format: 'der' }))).result as Sequence,
      tagged(3, [new Sequence({ value: extensionsOf(content, issuer.certificate?.keyIdentifier) })]),
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
  return isIpAddress(host) ? primitive(7, addressBytes(host)) : primitive(2, Buffer.from(host, 'latin1'));
}

function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.').map(Number));
  // The URL parser writes an IPv6 address in its canonical form, without an embedded IPv4 address.
  const normal = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head = '', tail] = normal.split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

/**
 * The first 20 bytes of SHA-256 over the bits of the key, as Go 1.25 and newer make them (RFC 7093, section 2, method
 * 1). It is a name, not a protection.
 */
function keyIdentifierOf(publicKey: KeyObject): Uint8Array {
  const spki = fromBER(bufferOf(publicKey.export({ type: 'spki', format: 'der' })));
  const [, key] = (spki.result as Sequence).valueBlock.value;
  return createHash('sha256')
    .update((key as BitString).valueBlock.valueHexView)
    .digest()
    .subarray(0, 20);
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

/** Only these bytes: a Buffer may be a view into a larger piece of memory. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
