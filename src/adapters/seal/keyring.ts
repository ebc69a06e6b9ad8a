import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { parse } from 'lossless-json';
import { isKeyId } from '../../domain/archive/envelope-header.js';
import { printable } from '../../domain/values/printable-text.js';

/**
 * A keyring of newer daemons. The keys are objects that do not print their bytes; only the code that uses them exports
 * the bytes.
 */
export interface Keyring {
  /** The id of the key that seals. */
  readonly active: string;
  /** All keys that open, by their ids; the active one is among them. */
  readonly keys: ReadonlyMap<string, KeyObject>;
}

/** Makes the error for an unusable keyring; `reason` completes a sentence, without any key material. */
export type RefuseKeyring = (reason: string) => Error;

const ringVersion = 1;
/** How long a key is. */
export const keyBytes = 32;

/**
 * Reads a keyring: `{"version":1,"active":"<id>","keys":{"<id>":"<base64 of 32 bytes>", …}}`. The rules are the
 * daemon's (its documentation of the encrypted state, September 2026), and each broken rule has its own sentence.
 * @throws what `refuse` makes
 */
export function parseKeyring(bytes: Uint8Array, refuse: RefuseKeyring): Keyring {
  const document = objectIn(parseOnce(bytes, refuse), 'it is not a JSON object', refuse);
  const unknown = Object.keys(document).find((name) => !['version', 'active', 'keys'].includes(name));
  if (unknown !== undefined) throw refuse(`it has a field "${printable(unknown, 60)}" that no keyring has`);
  if (document['version'] !== ringVersion) throw refuse(`its version is not ${ringVersion}`);
  const active = document['active'];
  if (typeof active !== 'string' || !isKeyId(active)) throw refuse('"active" is not the id of a key');
  const keys = new Map<string, KeyObject>();
  for (const [id, text] of Object.entries(objectIn(document['keys'], '"keys" is not an object', refuse))) {
    if (!isKeyId(id)) {
      throw refuse(
        `"${printable(id, 60)}" cannot be the id of a key: 1 to 64 letters, digits, hyphens and underscores`,
      );
    }
    keys.set(id, keyIn(text, id, refuse));
  }
  if (keys.size === 0) throw refuse('it holds no key');
  if (!keys.has(active)) throw refuse(`the active key ${active} is not among its keys`);
  return { active, keys };
}

/** The document of a ring in which the new key is the active one, and those of `retained` still open. Its bytes are secret. */
export function encodeKeyring(keyId: string, key: Uint8Array, retained: Keyring | undefined): Uint8Array {
  const kept = [...(retained?.keys ?? [])].map(([id, old]) => [id, old.export().toString('base64')]);
  const keys = Object.fromEntries([[keyId, Buffer.from(key).toString('base64')], ...kept]);
  return Buffer.from(`${JSON.stringify({ version: ringVersion, active: keyId, keys }, undefined, 2)}\n`);
}

/**
 * The proof of the ring that a store was sealed with: SHA-256 over the id of the active key and over every key, in the
 * order of the bytes of their ids. With one more key it is a different ring.
 */
export function possessionProof({ active, keys }: Keyring): Uint8Array {
  const hash = createHash('sha256').update('JACO keyring possession v1\0').update(withLength(active));
  for (const [id, key] of [...keys].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const bytes = key.export();
    hash.update(withLength(id)).update(bytes);
    bytes.fill(0);
  }
  return hash.digest();
}

function withLength(id: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(id.length >> 8, id.length & 0xff), Buffer.from(id)]);
}

/** Parses the JSON, and refuses duplicate keys and trailing text. A standard parser's error would quote the content. */
function parseOnce(bytes: Uint8Array, refuse: RefuseKeyring): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('it is not UTF-8 text');
  }
  try {
    parse(text, undefined, {
      onDuplicateKey: ({ key }) => {
        throw refuse(`it gives "${printable(key, 60)}" twice`);
      },
    });
    // An id may be "__proto__", which only our own parser accepts as one.
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refuse(/^Expected end of input/.test(error.message) ? 'something follows behind it' : 'it is not JSON');
  }
}

function objectIn(value: unknown, reason: string, refuse: RefuseKeyring): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(reason);
  return value as Readonly<Record<string, unknown>>;
}

function keyIn(text: unknown, id: string, refuse: RefuseKeyring): KeyObject {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.toString('base64') !== text) throw refuse(`the key ${id} is not base64`);
  if (bytes.length !== keyBytes) throw refuse(`the key ${id} has ${bytes.length} bytes instead of ${keyBytes}`);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
