import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { JacoError } from '../../domain/errors.js';
import { advice, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { type Keyring, parseKeyring } from './keyring.js';

/** The largest keyring that the daemon reads, in bytes. */
const sizeLimitBytes = 64 * 1024;

/** Read, write and execute for the group and for others. */
const othersRights = 0o077;

/** Common errors, explained. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  ELOOP: 'it is a symbolic link, which the daemon does not follow',
};

/**
 * Reads the keyring in a file, under the daemon's rules: an absolute path, outside the data directory (if there is
 * one), a regular file and not a link, at most 64 KiB, without rights for the group or others.
 * @throws keyring_unusable  it breaks a rule, which the message names; the message never contains its content
 */
export async function readKeyringFile(path: string, dataDirectory?: string): Promise<Keyring> {
  const refuse = (reason: string, remedy?: Remedy) => unusableKeyring(path, reason, remedy);
  if (!isAbsolute(path)) throw refuse('its path is not absolute');
  let file: FileHandle;
  try {
    // Without waiting for the writer of a pipe, which is refused below.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw refuse(reasons[code] ?? code);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw refuse('it is not a regular file');
    if ((status.mode & othersRights) !== 0) {
      const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
      throw refuse(`its mode is ${mode}, which lets others than its owner at it`, advice('Give it mode 0600.'));
    }
    if (dataDirectory !== undefined && (await isInside(path, dataDirectory))) {
      throw inDataDirectory(path);
    }
    const bytes = Buffer.alloc(sizeLimitBytes + 1);
    const length = await readInto(file, bytes);
    if (length > sizeLimitBytes) throw refuse(`it has more than ${sizeLimitBytes} bytes`);
    const ring = parseKeyring(bytes.subarray(0, length), refuse);
    bytes.fill(0);
    return ring;
  } finally {
    await file.close();
  }
}

async function readInto(file: FileHandle, bytes: Buffer): Promise<number> {
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

/** The refusal of a keyring that is, or would be, in the data directory. */
export function inDataDirectory(path: string): JacoError {
  return unusableKeyring(
    path,
    'it is in the data directory, where a thief of the state would find the key beside it',
    advice('Move it elsewhere, for example to /etc/jaco.'),
  );
}

/** Whether `path` is below `directory`, with all links resolved. A missing directory contains nothing. */
export async function isInside(path: string, directory: string): Promise<boolean> {
  const inside = await realpath(directory).catch(() => undefined);
  if (inside === undefined) return false;
  const way = relative(inside, await realpath(path));
  return !isAbsolute(way) && way.split('/')[0] !== '..';
}

/** The refusal of a keyring's file; `reason` completes "cannot use it: …". */
function unusableKeyring(path: string, reason: string, remedy: Remedy | undefined): JacoError {
  return new JacoError('keyring_unusable', `cannot use the keyring ${printable(path, 4096)}: ${reason}.`, {
    remedies: [remedy ?? { kind: 'choose-another', parameter: 'keyFile' }],
    details: { path },
  });
}
