import { isJacoError, JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { type AgeIdentities, readAgeIdentities, unusableIdentity } from './age-identities.js';
import { iterableOf, streamOf } from './web-stream.js';

/** How the two forms of the format begin (age-encryption.org/v1). */
const binaryStart = 'age-encryption.org/v1';
const armorStart = '-----BEGIN AGE ENCRYPTED FILE-----';

/** An armored file is held in memory as a whole: armor is meant for short texts. */
const armorLimitBytes = 64 * 1024 * 1024;

/**
 * The longest header that is read: a recipient takes a few hundred bytes, a post-quantum one two thousand. The library
 * would hold an endless header in memory.
 */
const headerLimitBytes = 1024 * 1024;

/** A file encrypted with a passphrase has no other recipients, so its first stanza shows it. */
const byPassphrase = /^age-encryption\.org\/v1\n-> scrypt /;

/** The last line of a header; the body lines before it are base64, which has no hyphen. */
const headerEnd = /\n--- [^\n]*\n/;

/**
 * Decrypts archives in the age format while they pass, and passes others on unchanged. `identityPath` names a file with
 * identities (`AGE-SECRET-KEY-1…`, one a line), one of which must match. The iteration ends only when the whole file is
 * authenticated. Calls `onEncrypted` as soon as an archive is known to be encrypted.
 */
export function createAgeArchiveOpener(identityPath: string | undefined) {
  // Read once for all archives: the path may be that of a pipe.
  let identities: Promise<AgeIdentities> | undefined;
  /**
   * @throws identity_missing   the archive is encrypted and there is no identity
   * @throws identity_unusable  the identity does not open it
   * @throws archive_rejected   the encrypted file is damaged
   */
  return async function* open(
    bytes: AsyncIterable<Uint8Array>,
    onEncrypted: () => void = () => undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = bytes[Symbol.asyncIterator]();
    try {
      const start = await readStart(iterator);
      const whole = prepend(start.chunks, iterator);
      if (start.form === 'plain') {
        yield* whole;
        return;
      }
      onEncrypted();
      if (byPassphrase.test(Buffer.concat(start.chunks).toString('latin1'))) throw sealedByPassphrase();
      identities ??= readAgeIdentities(identityPath);
      yield* decrypt(start.form === 'armored' ? unarmor(whole) : whole, await identities);
    } finally {
      await iterator.return?.();
    }
  };
}

interface Start {
  readonly form: 'plain' | 'binary' | 'armored';
  readonly chunks: Uint8Array[];
}

async function readStart(iterator: AsyncIterator<Uint8Array>): Promise<Start> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const head = Buffer.concat(chunks).subarray(0, armorStart.length).toString('latin1');
    if (head.startsWith(binaryStart)) return { form: 'binary', chunks };
    if (head === armorStart) return { form: 'armored', chunks };
    if (!binaryStart.startsWith(head) && !armorStart.startsWith(head)) return { form: 'plain', chunks };
    const { value, done } = await iterator.next();
    if (done === true) return { form: 'plain', chunks };
    chunks.push(value);
  }
}

/** `chunks`, which are released as they pass, and the rest after them. */
function prepend(chunks: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const value = chunks.shift();
      return value === undefined ? rest.next() : { value, done: false };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

async function* unarmor(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    sizeBytes += chunk.length;
    if (sizeBytes > armorLimitBytes) throw armorTooLarge();
    chunks.push(chunk);
  }
  const { armor } = await import('age-encryption');
  let decoded: Uint8Array;
  try {
    decoded = armor.decode(Buffer.concat(chunks).toString('latin1'));
  } catch (error) {
    throw damaged('its armor is damaged', error);
  }
  yield decoded;
}

async function* decrypt(bytes: AsyncIterable<Uint8Array>, identities: AgeIdentities): AsyncGenerator<Uint8Array> {
  // Loaded only for encrypted archives.
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const line of identities.lines) {
    try {
      decrypter.addIdentity(line);
    } catch {
      // The library's error would name the line, which is a secret.
      throw unusableIdentity(identities.path, 'it holds a line that is not an age identity');
    }
  }
  let plain: AsyncIterable<Uint8Array>;
  try {
    plain = iterableOf(await decrypter.decrypt(streamOf(limitHeader(bytes))));
  } catch (error) {
    if (isJacoError(error)) throw error;
    const unmatched = /no identity matched/.test(String(error));
    if (unmatched) throw unusableIdentity(identities.path, 'none of its identities opens the archive');
    throw damaged('its encrypted header is damaged', error);
  }
  try {
    yield* plain;
  } catch (error) {
    throw isJacoError(error) ? error : damaged('its encrypted content is damaged or cut short', error);
  }
}

/** The same bytes; fails if their header is too long. */
async function* limitHeader(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let header: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (header !== undefined) {
      header = Buffer.concat([header, chunk]);
      if (byPassphrase.test(header.toString('latin1'))) throw sealedByPassphrase();
      if (headerEnd.test(header.toString('latin1'))) header = undefined;
      else if (header.length > headerLimitBytes) throw damaged('its encrypted header has no end', undefined);
    }
    yield chunk;
  }
}

function sealedByPassphrase(): JacoError {
  return new JacoError('identity_unusable', 'the archive is encrypted with a passphrase, which no identity opens.', {
    remedies: [{ kind: 'decrypt-archive', by: 'passphrase' }],
  });
}

function armorTooLarge(): JacoError {
  return new JacoError('archive_rejected', 'the archive is armored, and too large for that to be held in memory.', {
    remedies: [{ kind: 'decrypt-archive', by: 'passphrase' }],
  });
}

function damaged(reason: string, cause: unknown): JacoError {
  return new JacoError('archive_rejected', `the archive is not a complete backup: ${reason}.`, {
    remedies: [advice('Use another archive, or take the backup again.')],
    cause,
  });
}
