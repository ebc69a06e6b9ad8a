import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { JacoError } from '../../domain/errors.js';
import { advice, giveParameter, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';

/** Longer than any token, in bytes. */
const sizeLimitBytes = 16 * 1024;

/** Read, write and execute for users who are neither the owner nor in the group. */
const everyonesRights = 0o007;

/** Common errors, explained. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
};

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
  let file: FileHandle;
  try {
    // Without waiting for the writer of a pipe, which is refused below.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw refuse(reasons[code] ?? code);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw refuse('it is not a regular file');
    if ((status.mode & everyonesRights) !== 0) {
      const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
      throw refuse(`its mode is ${mode}, which lets every user of this host at it`, advice('Give it mode 0600.'));
    }
    if (status.size > sizeLimitBytes) throw refuse('it is larger than any token');
    const word = (await file.readFile('utf8')).trim();
    if (word === '') throw refuse('it is empty');
    if (!/^[\x21-\x7e]+$/.test(word)) throw refuse('it holds something else than one word');
    return word;
  } finally {
    await file.close();
  }
}
