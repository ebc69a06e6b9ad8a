import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import { printable } from '../../domain/values/printable-text.js';
import type { FileSystem } from './file-system.js';

/** Writes a new file and puts its bytes on stable storage. The caller makes its directory entry durable. */
export async function writeNewFile(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
  owner: FileOwner | undefined,
  mode = 0o600,
): Promise<void> {
  const file = await fileSystem.createFile(path, mode);
  try {
    if (owner !== undefined) await file.changeOwner(owner);
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Creates a directory of mode 0700 for `owner`. The caller makes its entry durable. */
export async function createOwnedDirectory(
  fileSystem: FileSystem,
  path: string,
  owner: FileOwner | undefined,
): Promise<void> {
  await fileSystem.createDirectory(path, 0o700);
  if (owner !== undefined) await fileSystem.changeOwner(path, owner);
}

/** Reads a whole file of at most `limitBytes`; undefined if it is larger. */
export async function readSmallFile(
  fileSystem: FileSystem,
  path: string,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  const file = await fileSystem.openFile(path);
  try {
    const buffer = new Uint8Array(limitBytes + 1);
    let length = 0;
    while (length < buffer.length) {
      const count = await file.read(buffer.subarray(length), length);
      if (count === 0) return buffer.slice(0, length);
      length += count;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/**
 * Removes a file or a directory with everything in it. Removes links but never follows them; a missing path is fine.
 */
export async function removeTree(fileSystem: FileSystem, path: string): Promise<void> {
  const status = await fileSystem.linkStatus(path);
  if (status === undefined) return;
  if (status.kind !== 'directory') return fileSystem.removeFile(path);
  for (const name of await fileSystem.list(path)) await removeTree(fileSystem, `${path}/${name}`);
  await fileSystem.removeDirectory(path);
}

/**
 * The operating system's error as one sentence that names the path and the reason. `action` completes "cannot …", for
 * example "write /backups/a.tar.gz". An error that already has a sentence passes unchanged.
 */
export function storageError(error: unknown, action: string): unknown {
  if (error instanceof JacoError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code !== 'string') return error;
  const details = { errno: code };
  if (code === 'EACCES' || code === 'EPERM') {
    return new JacoError('permission_denied', `cannot ${printable(action, 4096)}: permission denied.`, {
      remedies: [{ kind: 'run-as', users: ['root', 'owner-of-directory'] }],
      details,
      cause: error,
    });
  }
  const reason = reasons[code];
  return new JacoError('storage_failed', `cannot ${printable(action, 4096)}: ${reason?.[0] ?? code}.`, {
    remedies: [advice(reason?.[1] ?? 'Check the file system and try again.')],
    details,
    cause: error,
  });
}

/** Common errors: what they mean, and what to do. */
const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['no space left on the device', 'Free some space or choose another file system, then try again.'],
  EDQUOT: ['the disk quota is used up', 'Free some space or choose another file system, then try again.'],
  EFBIG: ['the file would be larger than the file system allows', 'Choose another file system.'],
  EROFS: ['the file system is read-only', 'Choose a place that can be written, or remount it.'],
  EIO: ['the device reported an input/output error', 'Check the disk (its kernel log and health), then try again.'],
  ENOENT: ['there is no such file or directory', 'Check the path.'],
  ENOTDIR: ['a part of the path is not a directory', 'Check the path.'],
  EISDIR: ['it is a directory', 'Give the path of a file.'],
  ELOOP: ['too many symbolic links', 'Check the path.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter name.'],
  EMFILE: ['too many files are open', 'Raise the limit of open files (ulimit -n).'],
  EBUSY: ['it is in use', 'Find what uses it, then try again.'],
  EEXIST: ['it already exists', 'Move it away, then try again.'],
};
