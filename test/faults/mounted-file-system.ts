import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory of a test's own, mounted at a directory. */
export interface MountedFileSystem {
  readonly path: string;
  /** Mounts it once more with other options, for example "ro". */
  remount(options: string): void;
  unmount(): void;
}

/** Mounts a tmpfs (tmpfs(5)), at an empty directory where one is given; undefined where this user, or this machine, does not let us. It is gone at exit at the latest. */
export function mountTmpfs(options: string, directory?: string): MountedFileSystem | undefined {
  const path = directory ?? mkdtempSync(join(tmpdir(), 'jaco-mount-'));
  const mount = (words: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', words, 'tmpfs', path]).status === 0;
  const removeOurs = () => {
    if (directory === undefined) rmdirSync(path);
  };
  if (!mount(options)) {
    removeOurs();
    return undefined;
  }
  let mounted = true;
  const unmount = () => {
    if (!mounted) return;
    mounted = false;
    // Lazily, should something still be open there: the next test must not find it full.
    spawnSync('umount', ['-l', path]);
    removeOurs();
  };
  process.once('exit', unmount);
  return {
    path,
    remount(words) {
      if (!mount(`remount,${words}`)) throw new Error(`cannot remount with ${words}`);
    },
    unmount,
  };
}

/** Fills the file system with a file until `freeBlocks` blocks are left; returns the size of a block in bytes. */
export function leaveFree(directory: string, freeBlocks: number): number {
  const filler = join(directory, 'filler');
  writeFileSync(filler, '');
  const { bavail, bsize } = statfsSync(directory);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail - freeBlocks) * bsize));
  const left = statfsSync(directory).bavail;
  if (left !== freeBlocks) throw new Error(`${left} blocks are free instead of ${freeBlocks}`);
  return bsize;
}
