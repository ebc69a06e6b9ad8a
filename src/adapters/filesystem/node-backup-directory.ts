import { dirname, join } from 'node:path';
import type { BackupDirectory } from '../../ports/backup-directory.js';
import type { FileStatus, FileSystem } from './file-system.js';
import { namingFailures } from './named-failures.js';

/** The directory in which backups are kept, on a file system. */
export function createBackupDirectory(bareFileSystem: FileSystem): BackupDirectory {
  const fileSystem = namingFailures(bareFileSystem);
  return {
    async listBeside(written) {
      const directory = dirname(written);
      // By what it is and not by its name: a link may lead to it from the name that the backup was given.
      const ours = await fileSystem.status(written);
      const found = [];
      const names = [...(await fileSystem.list(directory))].sort((a, b) => (a < b ? -1 : 1));
      for (const name of names) {
        const path = join(directory, name);
        const status = await fileSystem.linkStatus(path);
        if (status?.kind !== 'file' || (ours !== undefined && identityOf(status) === identityOf(ours))) continue;
        found.push({ name, path, identity: identityOf(status) });
      }
      return found;
    },
    async remove({ path, identity }) {
      const status = await fileSystem.linkStatus(path);
      if (status === undefined || identityOf(status) !== identity) return false;
      await fileSystem.removeFile(path);
      await fileSystem.syncDirectory(dirname(path));
      return true;
    },
  };
}

function identityOf({ device, inode }: FileStatus): string {
  return `${device}:${inode}`;
}
