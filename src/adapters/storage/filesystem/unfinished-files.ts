import { dirname, join } from 'node:path';
import { stopIfInterrupted } from '../../../domain/errors.js';
import type { FileLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore, UnfinishedBackup } from '../../../ports/backup-store.js';
import type { AcquireLock } from '../../filesystem/exclusive-lock.js';
import { storageError } from '../../filesystem/file-operations.js';
import type { FileSystem } from '../../filesystem/file-system.js';
import { namingFailures } from '../../filesystem/named-failures.js';
import { archiveOfPart, lockArchive } from './archive-file-writer.js';

/**
 * Clears away the temporary files of backups that were killed. The lock of a backup that runs on this machine shows that
 * its file is in use; other machines that share the directory do not see that lock.
 */
export function createUnfinishedFiles(
  bareFileSystem: FileSystem,
  acquireLock: AcquireLock,
): Pick<BackupStore<FileLocation>, 'clearUnfinished'> {
  const fileSystem = namingFailures(bareFileSystem);
  const isFile = async (path: string) => (await fileSystem.linkStatus(path))?.kind === 'file';

  /** Whether the file is of no running backup; then it is removed, unless this is a dry run. */
  async function clear(directory: string, path: string, name: string, dryRun: boolean): Promise<boolean> {
    const lock = await lockArchive(acquireLock, directory, name).catch((error) => {
      throw storageError(error, `lock ${join(directory, name)}`);
    });
    if (lock === undefined) return false;
    try {
      // A backup may have finished it before the lock was free.
      if (!(await isFile(path))) return false;
      if (!dryRun) await fileSystem.removeFile(path);
      return true;
    } finally {
      await lock.release();
    }
  }

  return {
    async clearUnfinished({ place, belongs, dryRun }, signal) {
      const directory = dirname(place.path);
      const found: UnfinishedBackup<FileLocation>[] = [];
      for (const part of [...(await fileSystem.list(directory))].sort((a, b) => (a < b ? -1 : 1))) {
        stopIfInterrupted(signal);
        const name = archiveOfPart(part);
        const path = join(directory, part);
        if (name === undefined || !belongs(name) || !(await isFile(path))) continue;
        if (await clear(directory, path, name, dryRun)) found.push({ name, location: { kind: 'file', path } });
      }
      if (found.length > 0 && !dryRun) await fileSystem.syncDirectory(directory);
      return found;
    },
  };
}
