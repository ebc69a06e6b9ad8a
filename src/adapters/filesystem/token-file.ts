import { JacoError } from '../../domain/errors.js';
import { giveParameter, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { readSecretFile } from './secret-file.js';

/** Longer than any token, in bytes. */
const sizeLimitBytes = 16 * 1024;

/** Read, write and execute for users who are neither the owner nor in the group. */
const everyone = { rights: 0o007, whom: 'every user of this host' };

/**
 * Reads an operator token from a file: one word, with white space around it or not. The file must be a regular one, or a
 * link to one, without rights for everyone. Its group may read it: members of the daemon's group need no token anyway.
 * @throws token_unusable  the message never contains the content
 */
export async function readTokenFile(path: string): Promise<string> {
  const refuse = (reason: string, remedy: Remedy = giveParameter('tokenFile')) =>
    new JacoError('token_unusable', `cannot use the token file ${printable(path, 4096)}: ${reason}.`, {
      remedies: [remedy],
      details: { path },
    });
  return await readSecretFile(path, { followsLinks: true, denied: everyone, refuse }, async (file, sizeBytes) => {
    if (sizeBytes > sizeLimitBytes) throw refuse('it is larger than any token');
    const word = (await file.readFile('utf8')).trim();
    if (word === '') throw refuse('it is empty');
    if (!/^[\x21-\x7e]+$/.test(word)) throw refuse('it holds something else than one word');
    return word;
  });
}
