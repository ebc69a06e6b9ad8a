import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStatus, FileSystem } from './file-system.js';

/**
 * The process that holds a lock on the file, as bbolt does while a daemon has it open (flock, bbolt v1.4 bolt_unix.go);
 * undefined if there is no such process. Linux lists the locks of visible processes in /proc/locks as
 * "major:minor:inode" (proc(5)); without that list, the file counts as unlocked.
 */
export async function lockHolder(fileSystem: FileSystem, file: FileStatus): Promise<string | undefined> {
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  for (const [, holder = '', device, inode] of locks.matchAll(/ ([0-9]+) ([0-9a-f]+:[0-9a-f]+):([0-9]+) /g)) {
    if (inode !== String(file.inode)) continue;
    if (device === deviceNumbers(file.device) || (await hasOpen(fileSystem, holder, file))) return holder;
  }
  return undefined;
}

/** A device as /proc/locks writes it (major and minor as in makedev(3)). */
function deviceNumbers(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':');
}

/**
 * Whether the process has the file open. On btrfs, /proc/locks and stat(2) name different devices; the files that the
 * holder has open show whether it locks this file.
 */
async function hasOpen(fileSystem: FileSystem, holder: string, file: FileStatus): Promise<boolean> {
  const directory = `/proc/${holder}/fd`;
  for (const descriptor of await fileSystem.list(directory).catch(() => [])) {
    const open = await fileSystem.status(join(directory, descriptor)).catch(() => undefined);
    if (open?.device === file.device && open.inode === file.inode) return true;
  }
  return false;
}
