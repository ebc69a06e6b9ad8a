import { type FileHandle, realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { JacoError } from '../../domain/errors.js';
import { advice, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { readSecretFile } from '../filesystem/secret-file.js';
import { type Keyring, parseKeyring } from './keyring.js';

/** The largest keyring that the daemon reads, in bytes. */
const sizeLimitBytes = 64 * 1024;

/** Read, write and execute for the group and for others. */
const others = { rights: 0o077, whom: 'others than its owner' };

/** The ways in which an operator names a keyring. */
export type KeyringParameter = 'keyFile' | 'nextKeyFile' | 'retainedKeyFile';

/**
 * Reads the keyring in a file, under the daemon's rules: an absolute path, outside the data directory (if there is
 * one), a regular file and not a link, at most 64 KiB, without rights for the group or others.
 * @param parameter  by which the operator named it
 * @throws keyring_unusable  it breaks a rule, which the message names; the message never contains its content
 */
export async function readKeyringFile(
  path: string,
  dataDirectory?: string,
  parameter: KeyringParameter = 'keyFile',
): Promise<Keyring> {
  const choose: Remedy = { kind: 'choose-another', parameter };
  const refuse = (reason: string, remedy: Remedy = choose) => unusableKeyring(path, reason, remedy);
  if (!isAbsolute(path)) throw refuse('its path is not absolute');
  return await readSecretFile(path, { followsLinks: false, denied: others, refuse }, async (file) => {
    if (dataDirectory !== undefined && (await isInside(path, dataDirectory))) throw inDataDirectory(path);
    const bytes = Buffer.alloc(sizeLimitBytes + 1);
    const length = await readInto(file, bytes);
    if (length > sizeLimitBytes) throw refuse(`it has more than ${sizeLimitBytes} bytes`);
    const ring = parseKeyring(bytes.subarray(0, length), refuse);
    bytes.fill(0);
    return ring;
  });
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
function unusableKeyring(path: string, reason: string, remedy: Remedy): JacoError {
  return new JacoError('keyring_unusable', `cannot use the keyring ${printable(path, 4096)}: ${reason}.`, {
    remedies: [remedy],
    details: { path },
  });
}
