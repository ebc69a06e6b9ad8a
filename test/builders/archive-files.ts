import type { ArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import { createTarGzipArchiveReader } from '../../src/adapters/archive/tar-gzip-archive-reader.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { openBackupFile } from '../../src/adapters/storage/filesystem/file-reading.js';
import type { OpenedArchive } from '../../src/ports/archive-reader.js';

const never = new AbortController().signal;

/** Opens archives in files by their paths, as the program does. */
export function archiveFiles(limits: ArchiveLimits, fileSystem: FileSystem = createNodeFileSystem()) {
  const reader = createTarGzipArchiveReader(limits);
  return {
    open: async (path: string): Promise<OpenedArchive> =>
      reader.open(await openBackupFile(fileSystem, path, never, {})),
  };
}
