import { stopIfInterrupted } from '../../../domain/errors.js';
import type { FileLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore } from '../../../ports/backup-store.js';
import type { AcquireLock } from '../../filesystem/exclusive-lock.js';
import type { FileSystem } from '../../filesystem/file-system.js';
import { createArchiveFileWriter } from './archive-file-writer.js';
import { openBackupFile } from './file-reading.js';
import { createKeptFiles } from './kept-files.js';
import { openPipedBackup } from './named-pipe.js';
import { createUnfinishedFiles } from './unfinished-files.js';

/** Options of a store of files. */
export interface FileStoreOptions {
  /** Whether to read pipes, waiting for their writer; otherwise they are refused. */
  readonly readsPipes: boolean;
}

/** Backups in files, and in pipes that have a path. */
export function createFileBackupStore(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  { readsPipes }: FileStoreOptions,
): BackupStore<FileLocation> {
  return {
    ...createArchiveFileWriter(fileSystem, acquireLock),
    ...createKeptFiles(fileSystem),
    ...createUnfinishedFiles(fileSystem, acquireLock),
    async open({ path }, signal, options = {}) {
      stopIfInterrupted(signal);
      const piped = readsPipes ? await openPipedBackup(path, signal, options) : undefined;
      return piped ?? openBackupFile(fileSystem, path, signal, options);
    },
  };
}
