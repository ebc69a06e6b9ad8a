import type { LeftBehind } from '../../domain/errors.js';
import { storageError } from './file-operations.js';
import type { FileSystem } from './file-system.js';

/**
 * Removes `path` with everything in it, as far as possible, and names it if something stays. Removes links but never
 * follows them; a missing path is fine. Never fails. `secret`: whether its files may hold unencrypted secrets.
 */
export async function clearAway(fileSystem: FileSystem, path: string, secret: boolean): Promise<readonly LeftBehind[]> {
  const failures: Failure[] = [];
  await clear(fileSystem, path, failures);
  const [first] = failures;
  if (first === undefined) return [];
  const files = failures.some(({ directoryAlone }) => !directoryAlone);
  return [{ path, state: 'there', secret: secret && files, reason: reasonOf(first.error, `remove ${first.path}`) }];
}

/**
 * Makes the removal of `removed` durable by syncing their directory, and names those that may return if that fails.
 * Never fails.
 */
export async function settleRemoval(
  fileSystem: FileSystem,
  directory: string,
  removed: readonly Pick<LeftBehind, 'path' | 'secret'>[],
): Promise<readonly LeftBehind[]> {
  try {
    await fileSystem.syncDirectory(directory);
    return [];
  } catch (error) {
    const reason = reasonOf(error, `sync the directory ${directory} to disk`);
    return removed.map(({ path, secret }) => ({ path, state: 'may-return', secret, reason }));
  }
}

/** Why something stays, as a sentence. `action` completes "cannot …". */
export function reasonOf(error: unknown, action: string): string {
  const told = storageError(error, action);
  return told instanceof Error ? told.message : String(told);
}

interface Failure {
  readonly path: string;
  readonly error: unknown;
  /** Whether only a directory is left that holds nothing of ours. */
  readonly directoryAlone: boolean;
}

/** Continues after something that cannot be removed: the next file may hold secrets. */
async function clear(fileSystem: FileSystem, path: string, failures: Failure[]): Promise<void> {
  const before = failures.length;
  let directoryAlone = false;
  try {
    const status = await fileSystem.linkStatus(path);
    if (status === undefined) return;
    if (status.kind !== 'directory') return await fileSystem.removeFile(path);
    for (const name of await fileSystem.list(path)) await clear(fileSystem, `${path}/${name}`, failures);
    directoryAlone = true;
    // It would only fail as not empty, which is not the real reason.
    if (failures.length === before) await fileSystem.removeDirectory(path);
  } catch (error) {
    failures.push({ path, error, directoryAlone });
  }
}
