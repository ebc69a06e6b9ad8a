import { JacoError } from '../../src/domain/errors.js';
import type { BackupDirectory } from '../../src/ports/backup-directory.js';
import type { InMemoryFile } from './in-memory-archive.js';

/** A {@link BackupDirectory} without a disk. */
export interface InMemoryBackupDirectory extends BackupDirectory {
  /** While true, nothing can be removed. */
  broken: boolean;
}

/** Over `files`, by path, as the other fakes keep them. */
export function createInMemoryBackupDirectory(files: Map<string, InMemoryFile>): InMemoryBackupDirectory {
  const identities = new WeakMap<InMemoryFile, string>();
  let given = 0;
  const identityOf = (file: InMemoryFile) => {
    const identity = identities.get(file) ?? String(given++);
    identities.set(file, identity);
    return identity;
  };
  const directory: InMemoryBackupDirectory = {
    broken: false,
    async listBeside(written) {
      const start = written.slice(0, written.lastIndexOf('/') + 1);
      return [...files]
        .filter(([path, file]) => path.startsWith(start) && file !== files.get(written))
        .map(([path, file]) => ({ name: path.slice(start.length), path, identity: identityOf(file) }))
        .filter(({ name }) => !name.includes('/'))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async remove({ path, identity }) {
      const file = files.get(path);
      if (file === undefined || identityOf(file) !== identity) return false;
      if (directory.broken) throw new JacoError('storage_failed', `cannot remove ${path}: the disk fails.`);
      files.delete(path);
      return true;
    },
  };
  return directory;
}
