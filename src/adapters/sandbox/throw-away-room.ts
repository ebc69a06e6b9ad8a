import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type LeftBehind, leavingBehind } from '../../domain/errors.js';
import { clearAway } from '../filesystem/clearing.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';

/** A private directory of this process (mode 0700), empty at first. */
export interface ThrowAwayRoom {
  readonly path: string;
  /** Removes it with everything in it, and returns what stays. Never fails; may be called again. */
  remove(): Promise<readonly LeftBehind[]>;
}

const prefix = 'jaco-drill-';

/** In characters: the prefix, and eight bytes in hexadecimal. */
export const lengthOfRoomName = prefix.length + 16;

/** The form of the names from {@link makeRoom}. Earlier versions had shorter ones, and no lock. */
const roomName = /^jaco-drill-[0-9a-f]{16}$/;

/**
 * Makes a room in `directory`. While its process lives, it holds a lock next to the room, by which {@link
 * clearDeadRooms} recognises it. `secret`: whether its files will hold secrets.
 * @throws permission_denied, storage_failed
 */
export async function makeRoom(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  directory: string,
  secret: boolean,
): Promise<ThrowAwayRoom> {
  const name = `${prefix}${randomBytes(8).toString('hex')}`;
  const path = join(directory, name);
  let lock: ExclusiveLock | undefined;
  const letGo = async () => (await lock?.release()) ?? [];
  try {
    // Before the directory: one without a lock counts as a dead process's.
    lock = await acquireLock(directory, name);
    await fileSystem.createDirectory(path, 0o700);
  } catch (error) {
    throw leavingBehind(storageError(error, `make a directory ${path}`), await letGo());
  }
  return { path, remove: async () => [...(await clearAway(fileSystem, path, secret)), ...(await letGo())] };
}

/**
 * Removes the rooms in `directory` whose processes were killed, and returns those that stay. Ignores rooms of other
 * users and everything else. Never fails: what cannot be read is left to the next run.
 */
export async function clearDeadRooms(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  directory: string,
): Promise<readonly LeftBehind[]> {
  const left: LeftBehind[] = [];
  for (const name of await fileSystem.list(directory).catch(() => [])) {
    const path = join(directory, name);
    if (!roomName.test(name) || !(await isOurs(fileSystem, path))) continue;
    const lock = await acquireLock(directory, name).catch(() => undefined);
    if (lock === undefined) continue;
    left.push(...(await clearAway(fileSystem, path, true)), ...(await lock.release()));
  }
  return left;
}

/** Other users cannot have put anything into a directory that only we may write. */
async function isOurs(fileSystem: FileSystem, path: string): Promise<boolean> {
  const status = await fileSystem.linkStatus(path).catch(() => undefined);
  const mine = status?.owner.uid === process.getuid?.();
  return status?.kind === 'directory' && mine && (status.mode & 0o077) === 0;
}
