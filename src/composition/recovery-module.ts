import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import { createSurvivingStores } from '../adapters/raft/surviving-stores.js';
import { Machine, Port, Setting } from './identifiers.js';
import { encodeWhenWanted } from './raft-module.js';
import { storeAccessFrom } from './store-access-source.js';

/** The raft stores on surviving disks. */
export const recoveryModule = new ContainerModule(({ bind }) => {
  bind(Port.SurvivingStores).toResolvedValue(
    (fileSystem: FileSystem, acquireLock: AcquireLock, keyFile: string | undefined) =>
      createSurvivingStores(fileSystem, acquireLock, encodeWhenWanted, storeAccessFrom(keyFile)),
    [Machine.FileSystem, Machine.AcquireLock, { optional: true, serviceIdentifier: Setting.KeyFile }],
  );
});
