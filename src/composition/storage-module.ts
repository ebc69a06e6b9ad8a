import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import { createFileBackupStore } from '../adapters/storage/filesystem/file-backup-store.js';
import { readThrough } from '../adapters/storage/reading-through.js';
import { createStoreByLocation } from '../adapters/storage/store-by-location.js';
import type { BackupStore } from '../ports/backup-store.js';
import { Machine, Port, Setting } from './identifiers.js';
import type { StorageSettings } from './storage-settings.js';

/** The places where backups are kept: a store for each kind of location. */
export const storageModule = new ContainerModule(({ bind }) => {
  bind(Port.BackupStore).toResolvedValue(storeForAll, [Machine.FileSystem, Machine.AcquireLock, Setting.Storage]);
  bind(Port.ArchiveWriter).toResolvedValue((store: BackupStore) => store, [Port.BackupStore]);
});

function storeForAll(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  { streams, readsPipes, passage, objects, largestBytes }: StorageSettings,
): BackupStore {
  const store = createStoreByLocation({
    file: async () => createFileBackupStore(fileSystem, acquireLock, { readsPipes }),
    'standard-stream': async () => {
      const { createStandardStreamStore } = await import(
        '../adapters/storage/standard-streams/standard-stream-store.js'
      );
      return createStandardStreamStore(streams);
    },
    object: async () => {
      const [{ createS3BackupStore }, { mannersFor }] = await Promise.all([
        import('../adapters/storage/s3/s3-backup-store.js'),
        import('../adapters/storage/s3/s3-settings.js'),
      ]);
      return createS3BackupStore(objects, mannersFor(largestBytes));
    },
  });
  return readThrough(store, passage);
}
