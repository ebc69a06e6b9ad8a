import { dirname, join } from 'node:path';
import { stopIfInterrupted } from '../../../domain/errors.js';
import type { FileLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore } from '../../../ports/backup-store.js';
import type { FileStatus, FileSystem } from '../../filesystem/file-system.js';
import { namingFailures } from '../../filesystem/named-failures.js';

/** What is done with the files of a directory in which backups are kept, without reading them. */
export function createKeptFiles(
  bareFileSystem: FileSystem,
): Pick<BackupStore<FileLocation>, 'stat' | 'list' | 'remove'> {
  const fileSystem = namingFailures(bareFileSystem);
  return {
    async stat({ path }, signal) {
      stopIfInterrupted(signal);
      const status = await fileSystem.status(path);
      return status && { sizeBytes: status.kind === 'file' ? status.sizeBytes : undefined };
    },
    async list({ path: written }, signal) {
      const directory = dirname(written);
      // By what it is and not by its name: a link may lead to it from the name that the backup was given.
      const ours = await fileSystem.status(written);
      const found = [];
      const names = [...(await fileSystem.list(directory))].sort((a, b) => (a < b ? -1 : 1));
      for (const name of names) {
        stopIfInterrupted(signal);
        const path = join(directory, name);
        const status = await fileSystem.linkStatus(path);
        if (status?.kind !== 'file' || (ours !== undefined && identityOf(status) === identityOf(ours))) continue;
        found.push({ name, location: { kind: 'file', path } as const, identity: identityOf(status) });
      }
      return found;
    },
    async remove({ location: { path }, identity }, signal) {
      const status = await fileSystem.linkStatus(path);
      if (status === undefined || identityOf(status) !== identity) return false;
      // The last moment: what is removed is not brought back, and must be made durable.
      stopIfInterrupted(signal);
      await fileSystem.removeFile(path);
      await fileSystem.syncDirectory(dirname(path));
      return true;
    },
  };
}

function identityOf({ device, inode }: FileStatus): string {
  return `${device}:${inode}`;
}
