import { dirname } from 'node:path';
import { isJacoError, JacoError, type LeftBehind, leavingBehind } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import type { Undertaking } from '../../domain/restore/undertaking.js';
import { printable } from '../../domain/values/printable-text.js';
import { reasonOf } from '../filesystem/clearing.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';

/**
 * Makes the data directory (mode 0700, for `owner`) and missing parents (0755), durably, and returns those that it
 * made, outermost first. After a failure they are gone, or the error names them as left behind. `files` names its
 * failures.
 * @throws permission_denied, storage_failed
 */
export async function createDataDirectory(
  files: FileSystem,
  dataDirectory: string,
  owner: FileOwner | undefined,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let path = dataDirectory; (await files.status(path)) === undefined; path = dirname(path)) missing.unshift(path);
  const created: string[] = [];
  try {
    for (const path of missing) {
      const ours = path === dataDirectory;
      if (!(await createUnlessThere(files, path, ours ? 0o700 : 0o755))) continue;
      created.push(path);
      if (ours && owner !== undefined) await files.changeOwner(path, owner);
      // Syncs the new directory's entry: without it, everything inside could be lost, synced or not.
      await files.syncDirectory(dirname(path));
    }
    return created;
  } catch (error) {
    throw leavingBehind(error, await removeEmptyDirectories(files, created));
  }
}

/**
 * Takes the lock of a data directory, which belongs to the directory, not to the path. If it cannot be taken,
 * `created` directories are removed, unless another restore works in them.
 * @throws in_progress, permission_denied, storage_failed
 */
export async function lockDataDirectory(
  files: FileSystem,
  dataDirectory: string,
  created: readonly string[],
  acquireLock: AcquireLock,
  { verb }: Undertaking,
): Promise<ExclusiveLock> {
  let lock: ExclusiveLock | undefined;
  try {
    lock = await acquireLock(dataDirectory, 'data-directory');
  } catch (error) {
    throw leavingBehind(storageError(error, `lock ${dataDirectory}`), await removeEmptyDirectories(files, created));
  }
  if (lock !== undefined) return lock;
  throw new JacoError(
    'in_progress',
    `cannot ${verb} into ${printable(dataDirectory, 4096)}: another restore or recovery is working on it, or a sandbox runs there.`,
    { remedies: [advice('Wait for it to end, or stop it, then look at what it has made.')] },
  );
}

/**
 * Removes the empty ones of the directories, innermost first, up to the first that is not empty, because others use it
 * or it holds something already reported. Returns the one that it could not remove for another reason. Never fails.
 */
export async function removeEmptyDirectories(
  files: FileSystem,
  outermostFirst: readonly string[],
): Promise<readonly LeftBehind[]> {
  for (const path of [...outermostFirst].reverse()) {
    try {
      await files.removeDirectory(path);
    } catch (error) {
      const isUsed = isJacoError(error) && ['ENOTEMPTY', 'EEXIST'].includes(error.details['errno'] ?? '');
      return isUsed ? [] : [{ path, state: 'there', secret: false, reason: reasonOf(error, `remove ${path}`) }];
    }
  }
  return [];
}

/** False if another process has made the directory meanwhile. */
async function createUnlessThere(files: FileSystem, path: string, mode: number): Promise<boolean> {
  try {
    await files.createDirectory(path, mode);
    return true;
  } catch (error) {
    const taken = isJacoError(error) && error.details['errno'] === 'EEXIST';
    if (taken && (await files.status(path))?.kind === 'directory') return false;
    throw error;
  }
}
