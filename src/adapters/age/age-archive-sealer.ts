import { readFile } from 'node:fs/promises';
import { Encrypter } from 'age-encryption';
import { JacoError } from '../../domain/errors.js';
import { advice, type Remedy } from '../../domain/remedy.js';
import type { ArchiveSealer } from '../../ports/archive-sealer.js';
import { kindOfRecipient } from './recipient-kind.js';
import { shownWord } from './shown-word.js';
import { iterableOf, streamOf } from './web-stream.js';

/**
 * Encrypts archives in the age format (age-encryption.org/v1), so that the `age` program opens them too.
 * Each of `recipients` is a recipient (`age1…`) or the path of a file with one a line; any one of them can decrypt.
 * @throws recipient_unusable  one is neither, or some are post-quantum and others are not
 */
export async function createAgeArchiveSealer(recipients: readonly string[]): Promise<ArchiveSealer> {
  const encrypter = new Encrypter();
  const all = (await Promise.all(recipients.map(recipientsOf))).flat();
  refuseMixture(all);
  for (const recipient of all) {
    try {
      encrypter.addRecipient(recipient);
    } catch (error) {
      throw unusable(recipient, 'it is not an age recipient', error);
    }
  }
  return {
    async *seal(archive) {
      const bytes = archive[Symbol.asyncIterator]();
      // Before the header is passed on: a source that refuses must leave no trace in a pipe.
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
 * Converts a recipient in upper case, as in QR codes, to the lower case that the library requires: Bech32 allows both
 * (BIP 173; findings/age-recipients-in-capitals.sh).
 */
const inSmallLetters = (word: string) => (/^AGE1[0-9A-Z]+$/.test(word) ? word.toLowerCase() : word);

async function recipientsOf(word: string): Promise<readonly string[]> {
  const given = inSmallLetters(word);
  const { kind } = kindOfRecipient(given);
  if (kind !== 'none') {
    refuseOtherKinds(given, [given], 'it is');
    return [given];
  }
  let text: string;
  try {
    text = await readFile(given, 'utf8');
  } catch (error) {
    throw unusable(given, 'it is neither an age recipient (age1…) nor a file that can be read', error);
  }
  const lines = text.split('\n').map((line) => inSmallLetters(line.trim()));
  const recipients = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (recipients.length === 0) throw unusable(given, 'the file names no recipient', undefined);
  // Not shown: the operator may have named the file with the identity by mistake.
  if (recipients.some((line) => kindOfRecipient(line).kind === 'none')) {
    throw unusable(given, 'the file has a line that is not an age recipient (age1…)', undefined);
  }
  refuseOtherKinds(given, recipients, 'the file has');
  return recipients;
}

/** Refuses recipients to which only the age program encrypts; `opening` begins the reason. */
function refuseOtherKinds(given: string, recipients: readonly string[], opening: string): void {
  for (const recipient of recipients) {
    const found = kindOfRecipient(recipient);
    if (found.kind === 'plugin') {
      const reason = `${opening} a recipient of the age plugin age-plugin-${found.name}, which only the age program can use`;
      throw unusable(given, reason, undefined, { kind: 'encrypt-outside' });
    }
    if (found.kind === 'ssh') {
      const reason = `${opening} an SSH key, which only the age program can use`;
      throw unusable(given, reason, undefined, { kind: 'encrypt-outside' });
    }
  }
}

/**
 * Like the age program: an attacker who breaks the weaker kind can read the file, no matter how strong the others are.
 */
function refuseMixture(recipients: readonly string[]): void {
  const kinds = recipients.map(kindOfRecipient).filter((found) => found.kind === 'native');
  const strong = kinds.filter((found) => found.withstandsQuantumComputers).length;
  if (strong === 0 || strong === kinds.length) return;
  throw new JacoError(
    'recipient_unusable',
    'cannot encrypt to recipients that withstand quantum computers (age1pq1…) together with others: the archive would be only as safe as for the weakest, and the age program refuses the mixture too.',
    { remedies: [advice('Give recipients of one kind.')] },
  );
}

const giveOthers = advice('Give what age-keygen -y prints for an identity, or a file with such lines.');

function unusable(given: string, reason: string, cause: unknown, remedy: Remedy = giveOthers): JacoError {
  return new JacoError('recipient_unusable', `cannot encrypt to ${shownWord(given)}: ${reason}.`, {
    remedies: [remedy],
    cause,
  });
}
