import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type LeftBehind, leavingBehind } from '../../domain/errors.js';
import { clearAway } from '../filesystem/clearing.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';

/** A directory of this process's own (mode 0700), in which nothing is at first. */
export interface ThrowAwayRoom {
  readonly path: string;
  /** Removes it with all that is in it, and gives what stays. Never fails; may be called again. */
  remove(): Promise<readonly LeftBehind[]>;
}

const prefix = 'jaco-drill-';

/** In characters: the prefix, and eight bytes in hexadecimal. */
export const lengthOfRoomName = prefix.length + 16;

/** Names that {@link makeRoom} gives. Earlier versions gave shorter ones, and no lock. */
const roomName = /^jaco-drill-[0-9a-f]{16}$/;

/**
 * Makes a room in `directory`. While its maker lives, it holds a lock beside the room: what {@link clearDeadRooms} goes by.
 * `secret`: whether its files will hold secrets.
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
    // Before the directory: one without a lock is taken for a dead process's.
    lock = await acquireLock(directory, name);
    await fileSystem.createDirectory(path, 0o700);
  } catch (error) {
    throw leavingBehind(storageError(error, `make a directory ${path}`), await letGo());
  }
  return { path, remove: async () => [...(await clearAway(fileSystem, path, secret)), ...(await letGo())] };
}

/**
 * Removes the rooms in `directory` whose makers were killed, and gives those that stay. Those of other users are not looked
 * at, nor is anything else. Never fails: what cannot be looked at is left to the next one.
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

/** Nobody else can have put anything into a directory that is ours alone. */
async function isOurs(fileSystem: FileSystem, path: string): Promise<boolean> {
  const status = await fileSystem.linkStatus(path).catch(() => undefined);
  const mine = status?.owner.uid === process.getuid?.();
  return status?.kind === 'directory' && mine && (status.mode & 0o077) === 0;
}
