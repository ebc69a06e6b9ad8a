import { dirname } from 'node:path';
import { leavingBehind } from '../../domain/errors.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import { clearAway } from './clearing.js';
import { storageError, writeNewFile } from './file-operations.js';
import type { FileSystem } from './file-system.js';

/** The temporary file for the file at `path`, in the same directory. */
export function partOfFile(path: string): string {
  return `${path}.part`;
}

/**
 * Writes a file (by default of mode 0600) that replaces an existing one at `path`: as a temporary file, synced,
 * renamed, the directory synced. After a failure the whole old file is there, or the whole new one.
 */
export async function replaceFile(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
  owner: FileOwner | undefined,
  mode = 0o600,
): Promise<void> {
  await putInPlace(fileSystem, path, bytes, owner, mode);
  await fileSystem.syncDirectory(dirname(path));
}

/**
 * Like {@link replaceFile}, but the caller syncs the directory. After a failure the old file is there and the new one
 * is gone, or the error names what is left behind.
 */
export async function putInPlace(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
  owner: FileOwner | undefined,
  mode = 0o600,
): Promise<void> {
  const part = partOfFile(path);
  // A killed process may have left one.
  if ((await fileSystem.linkStatus(part)) !== undefined) await fileSystem.removeFile(part);
  try {
    await writeNewFile(fileSystem, part, bytes, owner, mode);
    await fileSystem.rename(part, path);
  } catch (error) {
    const left = await clearAway(fileSystem, part, false);
    throw left.length === 0 ? error : leavingBehind(storageError(error, `write ${path}`), left);
  }
}
