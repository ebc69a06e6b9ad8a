import {
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  type DecipherGCM,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  longestEnvelopeHeaderBytes,
  readEnvelopeHeader,
  writeEnvelopeHeader,
} from '../../domain/archive/envelope-header.js';
import type { Keyring } from './keyring.js';
import type { Purpose } from './purposes.js';

/** Makes the errors about an envelope; each `reason` completes a sentence about it, without any key material. */
export interface EnvelopeRefusals {
  /** It is malformed, or its bytes have changed. */
  damaged(reason: string): Error;
  /** The ring does not open it; `holdsKey` says whether a key of that id is in the ring. */
  locked(reason: string, holdsKey: boolean): Error;
}

/** The parameters for opening an envelope. */
export interface EnvelopeOpening {
  readonly ring: Keyring;
  readonly purpose: Purpose;
  readonly refuse: EnvelopeRefusals;
}

/**
 * Opens one envelope while its bytes pass. Callers must not rely on its output before {@link EnvelopeOpener.end} has
 * returned.
 */
export interface EnvelopeOpener {
  /**
   * Takes the next bytes, which must not change until the end, and returns their content. @throws through the refusals
   */
  take(sealed: Uint8Array): Uint8Array;
  /** The rest of the content, after the last byte and authentication of the whole. @throws through the refusals */
  end(): Uint8Array;
}

/** Seals into one envelope while the bytes pass: the results of `take`, in order, then that of `end`. */
export interface EnvelopeSealer {
  take(plain: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
/** Set for every cipher: otherwise Node would accept tags of 4 bytes too. */
const tagBytes = 16;
const tagged = { authTagLength: tagBytes } as const;
const dataKeyBytes = 32;
/** The data key, sealed under a key of the ring. */
const wrappedBytes = nonceBytes + dataKeyBytes + tagBytes;
const separator = Uint8Array.of(0);
const nothing = new Uint8Array(0);

/** The overhead of an envelope under the key `keyId`, in bytes. */
export function envelopeOverheadBytes(keyId: string): number {
  return writeEnvelopeHeader(keyId).length + wrappedBytes + nonceBytes + tagBytes;
}

/** Starts to open an envelope. */
export function openingEnvelope(opening: EnvelopeOpening): EnvelopeOpener {
  /**
   * Bytes that are not decrypted yet: the whole head while it is incomplete, then the last bytes, which may be the tag.
   */
  let held: Uint8Array = nothing;
  let content: DecipherGCM | undefined;

  /** Decrypts the held bytes except the last ones, as many as a tag has, unless `next` holds those. */
  function decipher(cipher: DecipherGCM, next: Uint8Array): Uint8Array {
    // A piece is held back rather than sixteen bytes of it, so that nothing is copied.
    if (next.length >= tagBytes) {
      const plain = cipher.update(held);
      held = next;
      return plain;
    }
    held = Buffer.concat([held, next]);
    const plain = cipher.update(held.subarray(0, -tagBytes));
    held = held.subarray(-tagBytes);
    return plain;
  }

  return {
    take(sealed) {
      if (content !== undefined) return decipher(content, sealed);
      held = held.length === 0 ? sealed : Buffer.concat([held, sealed]);
      const head = readHead(held, opening.refuse);
      if (head === undefined) return nothing;
      content = openHead(head, opening);
      held = held.subarray(head.bytes.length);
      return nothing;
    },
    end() {
      if (content === undefined || held.length < tagBytes) throw opening.refuse.damaged('it ends within its seal');
      const last = content.update(held.subarray(0, -tagBytes));
      content.setAuthTag(held.subarray(-tagBytes));
      try {
        return Buffer.concat([last, content.final()]);
      } catch {
        throw opening.refuse.damaged('it is not what was sealed: its bytes were changed, or cut short');
      }
    },
  };
}

/** Starts to seal under the active key of `ring`, with a new data key and nonces. */
export function sealingEnvelope({ ring, purpose }: Pick<EnvelopeOpening, 'ring' | 'purpose'>): EnvelopeSealer {
  const header = writeEnvelopeHeader(ring.active);
  const bound = Buffer.concat([header, separator, purpose]);
  const dataKey = randomBytes(dataKeyBytes);
  const wrapping = startCipher(ring.keys.get(ring.active) as KeyObject, bound);
  const key = [wrapping.nonce, wrapping.cipher.update(dataKey), wrapping.cipher.final()];
  const wrapped = Buffer.concat([...key, wrapping.cipher.getAuthTag()]);
  const { nonce, cipher } = startCipher(dataKey, Buffer.concat([bound, wrapped]));
  dataKey.fill(0);
  let head: readonly Uint8Array[] = [header, wrapped, nonce];
  return {
    take(plain) {
      const sealed = cipher.update(plain);
      if (head.length === 0) return sealed;
      const first = Buffer.concat([...head, sealed]);
      head = [];
      return first;
    },
    end: () => Buffer.concat([...head, cipher.final(), cipher.getAuthTag()]),
  };
}

/** Opens an envelope that is whole in memory. @throws through the refusals */
export function openEnvelope(envelope: Uint8Array, opening: EnvelopeOpening): Uint8Array {
  const opener = openingEnvelope(opening);
  return Buffer.concat([opener.take(envelope), opener.end()]);
}

/** Seals what is whole in memory. */
export function sealEnvelope(plain: Uint8Array, sealing: Pick<EnvelopeOpening, 'ring' | 'purpose'>): Uint8Array {
  const sealer = sealingEnvelope(sealing);
  return Buffer.concat([sealer.take(plain), sealer.end()]);
}

/** Everything before the content, divided into its parts. */
interface Head {
  readonly bytes: Uint8Array;
  readonly keyId: string;
  readonly header: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly nonce: Uint8Array;
}

/** The head in `bytes`; undefined if they are too few. */
function readHead(bytes: Uint8Array, refuse: EnvelopeRefusals): Head | undefined {
  const header = readEnvelopeHeader(bytes.subarray(0, longestEnvelopeHeaderBytes));
  if (header.kind === 'plain') throw refuse.damaged('it is not sealed');
  if (header.kind === 'nameless') throw refuse.damaged('its seal names no key');
  if (header.kind === 'other-version') {
    throw refuse.damaged(`it is sealed in the form ${header.version}, and this version knows form 1 alone`);
  }
  if (header.kind === 'incomplete') return undefined;
  const { keyId, headerBytes } = header;
  const end = headerBytes + wrappedBytes + nonceBytes;
  if (bytes.length < end) return undefined;
  return {
    bytes: bytes.subarray(0, end),
    keyId,
    header: bytes.subarray(0, headerBytes),
    wrapped: bytes.subarray(headerBytes, headerBytes + wrappedBytes),
    nonce: bytes.subarray(end - nonceBytes, end),
  };
}

/** The decipher of the content, after the ring's key has opened the data key. */
function openHead({ keyId, header, wrapped, nonce }: Head, { ring, purpose, refuse }: EnvelopeOpening): DecipherGCM {
  const ringKey = ring.keys.get(keyId);
  if (ringKey === undefined) {
    throw refuse.locked(`it is sealed under the key ${keyId}, which the keyring at hand does not hold`, false);
  }
  const bound = Buffer.concat([header, separator, purpose]);
  const unwrapping = startDecipher(ringKey, wrapped.subarray(0, nonceBytes), bound);
  const dataKey = unwrapping.update(wrapped.subarray(nonceBytes, -tagBytes));
  unwrapping.setAuthTag(wrapped.subarray(-tagBytes));
  try {
    unwrapping.final();
  } catch {
    dataKey.fill(0);
    throw refuse.locked(`the key ${keyId} of the keyring at hand does not open it`, true);
  }
  const content = startDecipher(dataKey, nonce, Buffer.concat([bound, wrapped]));
  dataKey.fill(0);
  return content;
}

function startCipher(key: KeyObject | Uint8Array, bound: Uint8Array) {
  const nonce = randomBytes(nonceBytes);
  const cipher: CipherGCM = createCipheriv(algorithm, key, nonce, tagged);
  cipher.setAAD(bound);
  return { nonce, cipher };
}

function startDecipher(key: KeyObject | Uint8Array, nonce: Uint8Array, bound: Uint8Array): DecipherGCM {
  const decipher = createDecipheriv(algorithm, key, nonce, tagged);
  decipher.setAAD(bound);
  return decipher;
}
