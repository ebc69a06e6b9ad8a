import { isUtf8 } from 'node:buffer';
import { type BigIntStats, constants, type StatsFs } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { FileStatus, FileSystem, OpenFile } from './file-system.js';

/** The operating system's own file system. */
export function createNodeFileSystem(): FileSystem {
  return {
    async createFile(path, mode) {
      const handle = await fs.open(
        path,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        mode,
      );
      // The umask may have removed bits at creation, but never adds any: at no moment can more users read it.
      try {
        await handle.chmod(mode);
        return openFile(handle);
      } catch (error) {
        await handle.close().catch(() => undefined);
        await fs.unlink(path).catch(() => undefined);
        throw error;
      }
    },
    async openFile(path, links = 'followed') {
      const refusing = links === 'refused' ? constants.O_NOFOLLOW : 0;
      return openFile(await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK | refusing));
    },
    async createDirectory(path, mode) {
      await fs.mkdir(path, { mode });
      try {
        await fs.chmod(path, mode);
      } catch (error) {
        await fs.rmdir(path).catch(() => undefined);
        throw error;
      }
    },
    list: (path) => fs.readdir(path),
    async listUndecodable(path) {
      const names = await fs.readdir(path, { encoding: 'buffer' });
      return names.filter((name) => !isUtf8(name)).map(escapedName);
    },
    status: (path) => statusOrAbsent(fs.stat(path, { bigint: true })),
    linkStatus: (path) => statusOrAbsent(fs.lstat(path, { bigint: true })),
    resolve: (path) => fs.realpath(path),
    async isWritable(path) {
      try {
        await fs.access(path, constants.W_OK | constants.X_OK);
        return true;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // access(2) asks for the real user, and leaves out what this process may do beyond that.
        if (code === 'EACCES') return await overridesPermissions();
        if (code === 'EPERM') return false;
        throw error;
      }
    },
    async freeBytes(path) {
      return freeBytesOf(await fs.statfs(path));
    },
    rename: (from, to) => fs.rename(from, to),
    changeOwner: (path, owner) => fs.lchown(path, owner.uid, owner.gid),
    removeFile: (path) => fs.unlink(path),
    removeDirectory: (path) => fs.rmdir(path),
    async syncDirectory(path) {
      const handle = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

function escapedName(name: Uint8Array): string {
  const letterOf = (byte: number) =>
    byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  return [...name].map(letterOf).join('');
}

function openFile(handle: fs.FileHandle): OpenFile {
  return {
    async read(buffer, position) {
      return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
    },
    async write(bytes) {
      // A write may be short, for example on a full disk; the next one then reports the reason.
      for (let written = 0; written < bytes.length; ) {
        written += (await handle.write(bytes, written, bytes.length - written, null)).bytesWritten;
      }
    },
    changeOwner: (owner) => handle.chown(owner.uid, owner.gid),
    sync: () => handle.sync(),
    async status() {
      return toStatus(await handle.stat({ bigint: true }));
    },
    close: () => handle.close(),
  };
}

async function statusOrAbsent(pending: Promise<BigIntStats>): Promise<FileStatus | undefined> {
  try {
    return toStatus(await pending);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function toStatus(stats: BigIntStats): FileStatus {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : 'other';
  return {
    kind,
    sizeBytes: Number(stats.size),
    mode: Number(stats.mode & 0o7777n),
    owner: { uid: Number(stats.uid), gid: Number(stats.gid) },
    device: stats.dev,
    inode: stats.ino,
    changedAtNs: stats.ctimeNs,
  };
}

/** Whether this process has the capability to write where permissions forbid it (capabilities(7), proc(5)). */
async function overridesPermissions(): Promise<boolean> {
  const status = await fs.readFile('/proc/self/status', 'utf8').catch(() => '');
  const [, effective = '0'] = /^CapEff:\s+([0-9a-f]+)$/m.exec(status) ?? [];
  return ((BigInt(`0x${effective}`) >> dacOverride) & 1n) === 1n;
}

/** The number of CAP_DAC_OVERRIDE (linux/capability.h). */
const dacOverride = 1n;

/**
 * How much fits on a file system: undefined if its driver does not count, as where it has no blocks, or if it may
 * compress what is written, so that more fits than is free.
 */
export function freeBytesOf({ type, blocks, bavail, bsize }: Omit<StatsFs, 'bfree' | 'files' | 'ffree'>) {
  return blocks === 0 || mayCompress.has(type) ? undefined : bavail * bsize;
}

/** btrfs, bcachefs (linux/magic.h) and ZFS (OpenZFS, sys/zfs_vfsops_os.h), as statfs(2) calls them. */
const mayCompress: ReadonlySet<number> = new Set([0x9123683e, 0xca451a4e, 0x2fc12fc1]);
