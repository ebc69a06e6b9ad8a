/** The clear text at the start of a newer daemon's envelope. */
export type EnvelopeHeader =
  /** Sealed under the key `keyId` of a ring; the sealed part begins after `headerBytes`, with the wrapped data key. */
  | { readonly kind: 'envelope'; readonly keyId: string; readonly headerBytes: number }
  /** It has the magic of an envelope, in a version that this program does not know. */
  | { readonly kind: 'other-version'; readonly version: number }
  /** It has the magic of an envelope, but a key id that a ring cannot hold. */
  | { readonly kind: 'nameless' }
  /** It does not have the magic. */
  | { readonly kind: 'plain' }
  /** There are too few bytes to tell. */
  | { readonly kind: 'incomplete' };

/** Every envelope begins with this magic and the only version so far (internal/controlplane/seal, September 2026). */
const mark = Uint8Array.from([...'JACOENC'].map((letter) => letter.charCodeAt(0)));
const knownVersion = 1;
/** Magic and version, then the length of the key's id as a big-endian number of 16 bits. */
const idStart = mark.length + 1 + 2;

/** The ids that a key of a ring may have. */
const keyIdForm = /^[A-Za-z0-9_-]{1,64}$/;

/** The longest possible header. */
export const longestEnvelopeHeaderBytes = idStart + 64;

/** Whether a key of a ring may have this id. */
export function isKeyId(text: string): boolean {
  return keyIdForm.test(text);
}

/** Reads the header of an envelope that begins with `bytes`: magic, version, and the key that seals it. */
export function readEnvelopeHeader(bytes: Uint8Array): EnvelopeHeader {
  const shared = Math.min(bytes.length, mark.length);
  for (let position = 0; position < shared; position += 1) {
    if (bytes[position] !== mark[position]) return { kind: 'plain' };
  }
  const version = bytes[mark.length];
  if (version === undefined) return { kind: 'incomplete' };
  if (version !== knownVersion) return { kind: 'other-version', version };
  if (bytes.length < idStart) return { kind: 'incomplete' };
  const idBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint16(idStart - 2);
  if (idBytes === 0 || idBytes > longestEnvelopeHeaderBytes - idStart) return { kind: 'nameless' };
  const headerBytes = idStart + idBytes;
  if (bytes.length < headerBytes) return { kind: 'incomplete' };
  const keyId = String.fromCharCode(...bytes.subarray(idStart, headerBytes));
  return isKeyId(keyId) ? { kind: 'envelope', keyId, headerBytes } : { kind: 'nameless' };
}

/** The header under which a key of a ring seals. */
export function writeEnvelopeHeader(keyId: string): Uint8Array {
  const id = Uint8Array.from([...keyId].map((letter) => letter.charCodeAt(0)));
  return Uint8Array.from([...mark, knownVersion, id.length >> 8, id.length & 0xff, ...id]);
}
