import { readFile } from 'node:fs/promises';
import { Encrypter } from 'age-encryption';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { ArchiveSealer } from '../../ports/archive-sealer.js';
import { shownWord } from './shown-word.js';
import { iterableOf, streamOf } from './web-stream.js';

/**
 * Encrypts archives in the age format (age-encryption.org/v1), so that the `age` program opens them too.
 * Each of `recipients` is a recipient (`age1…`) or the path of a file with one a line; any one of them can decrypt.
 * @throws recipient_unusable  one is neither
 */
export async function createAgeArchiveSealer(recipients: readonly string[]): Promise<ArchiveSealer> {
  const encrypter = new Encrypter();
  for (const recipient of (await Promise.all(recipients.map(recipientsOf))).flat()) {
    try {
      encrypter.addRecipient(recipient);
    } catch (error) {
      throw unusable(recipient, 'it is not an age recipient', error);
    }
  }
  return {
    async *seal(archive) {
      const bytes = archive[Symbol.asyncIterator]();
      // Before the header is given away: a source that refuses must leave no trace in a pipe.
      const first = await bytes.next();
      yield* iterableOf(await encrypter.encrypt(streamOf(resume(first, bytes))));
    },
  };
}

async function* resume(
  first: IteratorResult<Uint8Array, unknown>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * A recipient in capitals, as QR codes hold it, in the letters that the library asks for: in Bech32 both are the same (BIP 173;
 * findings/age-recipients-in-capitals.sh).
 */
const inSmallLetters = (word: string) => (/^AGE1[0-9A-Z]+$/.test(word) ? word.toLowerCase() : word);

async function recipientsOf(word: string): Promise<readonly string[]> {
  const given = inSmallLetters(word);
  if (given.startsWith('age1')) return [given];
  let text: string;
  try {
    text = await readFile(given, 'utf8');
  } catch (error) {
    throw unusable(given, 'it is neither an age recipient (age1…) nor a file that can be read', error);
  }
  const lines = text.split('\n').map((line) => inSmallLetters(line.trim()));
  const recipients = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (recipients.length === 0) throw unusable(given, 'the file names no recipient', undefined);
  const other = recipients.find((line) => !line.startsWith('age1'));
  // Not shown: the operator may have named the file with the identity by mistake.
  if (other !== undefined) throw unusable(given, 'the file has a line that is not an age recipient (age1…)', undefined);
  return recipients;
}

function unusable(given: string, reason: string, cause: unknown): JacoError {
  return new JacoError('recipient_unusable', `cannot encrypt to ${shownWord(given)}: ${reason}.`, {
    remedies: [advice('Give what age-keygen -y prints for an identity, or a file with such lines.')],
    cause,
  });
}
