import { dirname, join } from 'node:path';
import { isJacoError, stopIfInterrupted } from '../../../domain/errors.js';
import type { FileLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore, FoundOther } from '../../../ports/backup-store.js';
import type { FileStatus, FileSystem } from '../../filesystem/file-system.js';
import { namingFailures } from '../../filesystem/named-failures.js';

/** Lists and removes the files in a directory of backups, without reading them. */
export function createKeptFiles(
  bareFileSystem: FileSystem,
): Pick<BackupStore<FileLocation>, 'stat' | 'list' | 'others' | 'remove'> {
  const fileSystem = namingFailures(bareFileSystem);
  return {
    async stat({ path }, signal) {
      stopIfInterrupted(signal);
      const status = await fileSystem.status(path);
      return status && { sizeBytes: status.kind === 'file' ? status.sizeBytes : undefined };
    },
    async list({ path: written }, signal) {
      const directory = dirname(written);
      // Compared by device and inode, not by name: the name that was given may be a link to it.
      const ours = await fileSystem.status(written);
      const found = [];
      const names = [...(await fileSystem.list(directory))].sort((a, b) => (a < b ? -1 : 1));
      for (const name of names) {
        stopIfInterrupted(signal);
        const path = join(directory, name);
        const status = await fileSystem.linkStatus(path);
        if (status?.kind !== 'file' || (ours !== undefined && identityOf(status) === identityOf(ours))) continue;
        const identity = identityOf(status);
        found.push({
          name,
          location: { kind: 'file', path } as const,
          identity,
          sizeBytes: status.sizeBytes,
          version: `${identity}:${status.changedAtNs}`,
        });
      }
      return found;
    },
    async others({ path: written }, signal) {
      const directory = dirname(written);
      const found: FoundOther<FileLocation>[] = [];
      for (const name of [...(await fileSystem.list(directory))].sort((a, b) => (a < b ? -1 : 1))) {
        stopIfInterrupted(signal);
        const path = join(directory, name);
        const kind = (await fileSystem.linkStatus(path))?.kind;
        if (kind === undefined || kind === 'file') continue;
        found.push({ name, location: { kind: 'file', path }, kind: kind === 'other' ? 'special' : kind });
      }
      for (const name of await fileSystem.listUndecodable(directory)) {
        found.push({ name, location: { kind: 'file', path: join(directory, name) }, kind: 'undecodable' });
      }
      return found;
    },
    async remove({ location: { path }, identity }, signal) {
      const status = await fileSystem.linkStatus(path);
      if (status === undefined || identityOf(status) !== identity) return false;
      // The last chance to stop: a removal is not undone, and must be made durable.
      stopIfInterrupted(signal);
      try {
        await fileSystem.removeFile(path);
      } catch (error) {
        // Another that clears away the same place was quicker.
        if (isJacoError(error) && error.details['errno'] === 'ENOENT') return false;
        throw error;
      }
      await fileSystem.syncDirectory(dirname(path));
      return true;
    },
  };
}

function identityOf({ device, inode }: FileStatus): string {
  return `${device}:${inode}`;
}
