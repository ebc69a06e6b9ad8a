import type { X509Certificate } from 'node:crypto';
import { type Boolean as Asn1Boolean, fromBER, type ObjectIdentifier, type OctetString, type Sequence } from 'asn1js';
import { oids } from './object-identifiers.js';

/** A CA's certificate, with fields that Node does not expose. */
export interface AuthorityCertificate {
  readonly parsed: X509Certificate;
  /** Whether it is of version 1, which has no extensions and so cannot mark a CA. */
  readonly isVersion1: boolean;
  /** The DER of its subject, which certificates that it issues repeat byte for byte as their issuer. */
  readonly subject: Sequence;
  /**
   * The value of its subject key identifier, 2.5.29.14: of any length, and made in any way (RFC 5280, section 4.2.1.2,
   * only suggests one; Go 1.25 and newer take the first 20 bytes of SHA-256, RFC 7093). Undefined without that
   * extension.
   */
  readonly keyIdentifier: Uint8Array | undefined;
  readonly extensions: readonly CertificateExtension[];
}

/** An extension of a certificate. */
export interface CertificateExtension {
  readonly oid: string;
  /** A program that does not know a critical extension must not trust the certificate. */
  readonly critical: boolean;
}

/** The tags of the version, which is omitted if it is 1, and of the extensions. */
const tags = { version: 0, extensions: 3 } as const;

/** Reads what an issuer needs to know of its own certificate. */
export function readAuthorityCertificate(parsed: X509Certificate): AuthorityCertificate {
  const certificate = fromBER(Uint8Array.from(parsed.raw)).result as Sequence;
  const fields = (certificate.valueBlock.value[0] as Sequence).valueBlock.value as Sequence[];
  const tagged = (tagNumber: number) =>
    fields.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === tagNumber);
  const isVersion1 = tagged(tags.version) === undefined;
  // Version, serialNumber, signature, issuer, validity, subject.
  const subject = fields[isVersion1 ? 4 : 5] as Sequence;
  const list = tagged(tags.extensions)?.valueBlock.value[0] as Sequence | undefined;
  const extensions = (list?.valueBlock.value ?? []).map((each) => readExtension(each as Sequence));
  const keyIdentifier = extensions.find(({ oid }) => oid === oids.subjectKeyIdentifier)?.value;
  return {
    parsed,
    isVersion1,
    subject,
    keyIdentifier: keyIdentifier === undefined ? undefined : contentOf(keyIdentifier),
    extensions: extensions.map(({ oid, critical }) => ({ oid, critical })),
  };
}

/** An identifier, a flag if it is critical, and the DER of the value in an OCTET STRING. */
function readExtension(extension: Sequence): CertificateExtension & { readonly value: Uint8Array } {
  const fields = extension.valueBlock.value;
  return {
    oid: (fields[0] as ObjectIdentifier).valueBlock.toString(),
    critical: fields.length > 2 && (fields[1] as Asn1Boolean).valueBlock.value,
    value: (fields.at(-1) as OctetString).valueBlock.valueHexView,
  };
}

function contentOf(octetString: Uint8Array): Uint8Array {
  return (fromBER(octetString).result as OctetString).valueBlock.valueHexView;
}
