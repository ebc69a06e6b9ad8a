import { dirname } from 'node:path';
import type { FileSystemGaps } from '../../ports/file-system-gaps.js';
import type { FileSystem } from './file-system.js';

/**
 * The errors with which file systems report that they do not sync directories (fsync(2)). EIO is different: a sync has
 * failed.
 */
const unsupported: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * The same file system, but two kinds of gaps are recorded instead of being failures: a directory that cannot be synced,
 * and one in which what is created is open to more users than asked. Some file systems accept any mode and then show
 * that of their mount options (ntfs-3g without "permissions", cifs without "noperm" or Unix extensions).
 */
export function toleratingGaps(fileSystem: FileSystem): FileSystem & FileSystemGaps {
  const unsynced = new Set<string>();
  const opened = new Set<string>();
  const compare = (path: string, wanted: number, is: number | undefined) => {
    const isSecret = (wanted & readableByAll) === 0;
    if (is !== undefined && isSecret && (is & ~wanted & forOthers) !== 0) opened.add(dirname(path));
  };
  return {
    ...fileSystem,
    async createFile(path, mode) {
      const file = await fileSystem.createFile(path, mode);
      const status = await file.status().catch(() => undefined);
      compare(path, mode, status?.mode);
      return file;
    },
    async createDirectory(path, mode) {
      await fileSystem.createDirectory(path, mode);
      const status = await fileSystem.linkStatus(path).catch(() => undefined);
      compare(path, mode, status?.mode);
    },
    async syncDirectory(path) {
      try {
        await fileSystem.syncDirectory(path);
      } catch (error) {
        if (!unsupported.has((error as NodeJS.ErrnoException).code)) throw error;
        unsynced.add(path);
      }
    },
    unsyncedDirectories: () => [...unsynced],
    openedDirectories: () => [...opened],
  };
}

/** The permissions of the group and of others. */
const forOthers = 0o077;
const readableByAll = 0o004;
