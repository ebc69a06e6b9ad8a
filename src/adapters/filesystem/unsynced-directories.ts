import type { DurabilityGaps } from '../../ports/durability-gaps.js';
import type { FileSystem } from './file-system.js';

/**
 * The errors with which file systems report that they do not sync directories (fsync(2)). EIO is different: a sync has
 * failed.
 */
const unsupported: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** The same file system, but a directory that cannot be synced is recorded as a gap instead of a failure. */
export function toleratingUnsynced(fileSystem: FileSystem): FileSystem & DurabilityGaps {
  const unsynced = new Set<string>();
  return {
    ...fileSystem,
    async syncDirectory(path) {
      try {
        await fileSystem.syncDirectory(path);
      } catch (error) {
        if (!unsupported.has((error as NodeJS.ErrnoException).code)) throw error;
        unsynced.add(path);
      }
    },
    unsyncedDirectories: () => [...unsynced],
  };
}
