import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { advice, type Remedy } from '../../domain/remedy.js';

/** Which files of a secret are taken, and how the others are refused. */
export interface SecretFileRules {
  /** Whether the path may be a link to the file. */
  readonly followsLinks: boolean;
  /** The permissions that may not be there, and the words for those who have them then. */
  readonly denied: { readonly rights: number; readonly whom: string };
  /** The error for a reason, which is a clause. */
  readonly refuse: (reason: string, remedy?: Remedy) => Error;
}

/** Common errors, explained. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  ELOOP: 'it is a symbolic link, which the daemon does not follow',
};

/**
 * Reads a secret from a regular file that not too many users may read. `read` gets the open file and its size in bytes;
 * the file is closed afterwards.
 * @throws what `rules` refuse it with, and what `read` throws
 */
export async function readSecretFile<Secret>(
  path: string,
  { followsLinks, denied, refuse }: SecretFileRules,
  read: (file: FileHandle, sizeBytes: number) => Promise<Secret>,
): Promise<Secret> {
  let file: FileHandle;
  try {
    // Without waiting for the writer of a pipe, which is refused below.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | (followsLinks ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw refuse((followsLinks && code === 'ELOOP' ? undefined : reasons[code]) ?? code);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw refuse('it is not a regular file');
    if ((status.mode & denied.rights) !== 0) {
      const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
      throw refuse(`its mode is ${mode}, which lets ${denied.whom} at it`, advice('Give it mode 0600.'));
    }
    return await read(file, status.size);
  } finally {
    await file.close();
  }
}
