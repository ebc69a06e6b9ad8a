import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  Boolean as Asn1Boolean,
  Set as Asn1Set,
  type AsnType,
  BitString,
  Constructed,
  fromBER,
  GeneralizedTime,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Sequence,
  UTCTime,
  Utf8String,
} from 'asn1js';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';

/** How a CA differs from the daemon's. */
export interface AuthorityTraits {
  readonly key?: KeyObject;
  /** The value of 2.5.29.14; without, the certificate has no such extension. */
  readonly keyIdentifier?: Uint8Array;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** Whether basicConstraints says so. */
  readonly isAuthority?: boolean;
  /** The one byte of keyUsage; the daemon's has digitalSignature, keyCertSign and cRLSign. */
  readonly keyUsage?: number;
  readonly purposes?: readonly string[];
  /** Another extension, and the DER of its value in hexadecimal. */
  readonly extra?: { readonly oid: string; readonly critical: boolean; readonly value: string };
  /** Another CA that signs it. */
  readonly signer?: { readonly name: string; readonly key: KeyObject };
}

const daySeconds = 86_400;
const ecdsaOrRsa = { ec: '1.2.840.10045.4.3.2', rsa: '1.2.840.113549.1.1.11' } as const;

/** A cluster CA as the daemon makes it, with the given traits; built apart from the code that is tested. */
export function makeAuthority(traits: AuthorityTraits = {}): ClusterAuthority {
  const key = traits.key ?? generateKeyPairSync('ed25519').privateKey;
  const signer = traits.signer ?? { name: 'JACO Cluster CA', key };
  const now = Date.now();
  const algorithm = algorithmOf(signer.key);
  const toBeSigned = new Sequence({
    value: [
      tagged(0, new Integer({ value: 2 })),
      new Integer({ valueHex: bufferOf(Buffer.concat([Buffer.of(1), randomBytes(8)])) }),
      algorithm,
      commonName(signer.name),
      new Sequence({
        value: [
          timeOf(traits.notBeforeMs ?? now - daySeconds * 1000),
          timeOf(traits.notAfterMs ?? now + daySeconds * 1000),
        ],
      }),
      commonName('JACO Cluster CA'),
      fromBER(bufferOf(createPublicKey(key).export({ type: 'spki', format: 'der' }))).result,
      tagged(3, new Sequence({ value: extensionsOf(traits) })),
    ],
  });
  const bytes = Buffer.from(toBeSigned.toBER());
  const digest = signer.key.asymmetricKeyType?.startsWith('ed') ? null : 'sha256';
  const signature = new BitString({ valueHex: bufferOf(sign(digest, bytes, signer.key)) });
  const der = Buffer.from(new Sequence({ value: [toBeSigned, algorithm, signature] }).toBER());
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function extensionsOf(traits: AuthorityTraits): Sequence[] {
  const { isAuthority = true, keyUsage = 0x86, keyIdentifier, purposes, extra } = traits;
  const basic = new Sequence({ value: isAuthority ? [new Asn1Boolean({ value: true })] : [] });
  const purposeList = purposes?.map((value) => new ObjectIdentifier({ value }));
  return [
    extension('2.5.29.15', true, new BitString({ valueHex: bufferOf(Uint8Array.of(keyUsage)), unusedBits: 1 })),
    extension('2.5.29.19', true, basic),
    ...(purposeList === undefined ? [] : [extension('2.5.29.37', false, new Sequence({ value: purposeList }))]),
    ...(extra === undefined
      ? []
      : [extension(extra.oid, extra.critical, fromBER(bufferOf(Buffer.from(extra.value, 'hex'))).result)]),
    ...(keyIdentifier === undefined
      ? []
      : [extension('2.5.29.14', false, new OctetString({ valueHex: bufferOf(keyIdentifier) }))]),
  ];
}

function extension(oid: string, critical: boolean, value: AsnType): Sequence {
  const flag = critical ? [new Asn1Boolean({ value: true })] : [];
  return new Sequence({
    value: [new ObjectIdentifier({ value: oid }), ...flag, new OctetString({ valueHex: value.toBER() })],
  });
}

function algorithmOf({ asymmetricKeyType: type }: KeyObject): Sequence {
  if (type === 'ed25519') return new Sequence({ value: [new ObjectIdentifier({ value: '1.3.101.112' })] });
  if (type === 'ed448') return new Sequence({ value: [new ObjectIdentifier({ value: '1.3.101.113' })] });
  return new Sequence({
    value: [
      new ObjectIdentifier({ value: ecdsaOrRsa[type === 'ec' ? 'ec' : 'rsa'] }),
      ...(type === 'ec' ? [] : [new Null()]),
    ],
  });
}

function commonName(value: string): Sequence {
  const part = new Sequence({ value: [new ObjectIdentifier({ value: '2.5.4.3' }), new Utf8String({ value })] });
  return new Sequence({ value: [new Asn1Set({ value: [part] })] });
}

function tagged(tagNumber: number, value: Integer | Sequence): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] });
}

/** The form that RFC 5280 asks for: another one from 2050 on, and whole seconds. */
function timeOf(ms: number): UTCTime | GeneralizedTime {
  const valueDate = new Date(Math.floor(ms / 1000) * 1000);
  return valueDate.getUTCFullYear() < 2050 ? new UTCTime({ valueDate }) : new GeneralizedTime({ valueDate });
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
