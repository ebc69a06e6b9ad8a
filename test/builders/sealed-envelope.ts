import { createDecipheriv, createHash } from 'node:crypto';

/** A keyring of newer daemons: which key seals, and all that open. */
export interface Keyring {
  readonly active: string;
  /** Base64 of 32 bytes each. */
  readonly keys: Readonly<Record<string, string>>;
}

const magic = 'JACOENC\x01';
const nonceBytes = 12;
const tagBytes = 16;
const wrappedBytes = nonceBytes + 32 + tagBytes;

/** How much longer an envelope is than what is in it. */
export const envelopeBytes = (keyName: string) =>
  magic.length + 2 + keyName.length + wrappedBytes + nonceBytes + tagBytes;

/**
 * Opens an envelope of newer daemons (docs/behaviour.md): a data key under a key of the ring, and what is sealed under the data key. Both
 * are bound to the `purpose`.
 * @throws Error  it is no envelope, or key or purpose are others
 */
export function openEnvelope(envelope: Uint8Array, purpose: Uint8Array | string, ring: Keyring): Buffer {
  const bytes = Buffer.from(envelope);
  if (!bytes.toString('latin1').startsWith(magic)) throw new Error('no envelope');
  const headerBytes = magic.length + 2 + bytes.readUInt16BE(magic.length);
  const header = bytes.subarray(0, headerBytes);
  const key = ring.keys[header.subarray(magic.length + 2).toString()];
  if (key === undefined) throw new Error('no such key');
  const wrapped = bytes.subarray(headerBytes, headerBytes + wrappedBytes);
  const bound = Buffer.concat([header, Buffer.from([0]), Buffer.from(purpose)]);
  const dataKey = decrypt(Buffer.from(key, 'base64'), wrapped, bound);
  return decrypt(dataKey, bytes.subarray(headerBytes + wrappedBytes), Buffer.concat([bound, wrapped]));
}

/** What a store keeps of the ring that it was sealed with. */
export function possessionProof({ active, keys }: Keyring): Buffer {
  const hash = createHash('sha256').update('JACO keyring possession v1\0').update(withLength(active));
  for (const name of Object.keys(keys).sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))) {
    hash.update(withLength(name)).update(Buffer.from(keys[name] as string, 'base64'));
  }
  return hash.digest();
}

function withLength(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

function decrypt(key: Uint8Array, box: Buffer, bound: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, nonceBytes));
  cipher.setAAD(bound).setAuthTag(box.subarray(-tagBytes));
  return Buffer.concat([cipher.update(box.subarray(nonceBytes, -tagBytes)), cipher.final()]);
}
