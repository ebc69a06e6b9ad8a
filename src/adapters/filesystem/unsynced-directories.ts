import type { DurabilityGaps } from '../../ports/durability-gaps.js';
import type { FileSystem } from './file-system.js';

/** How file systems say that they do not sync directories at all (fsync(2)). EIO is none of them: there a sync has failed. */
const unsupported: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** The same file system, on which a directory that cannot be synced is no failure, but a gap that it remembers. */
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
