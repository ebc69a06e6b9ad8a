import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import { createSurvivingStores } from '../adapters/raft/surviving-stores.js';
import { Machine, Port } from './identifiers.js';
import { encodeWhenWanted } from './raft-module.js';

/** The raft stores on surviving disks. */
export const recoveryModule = new ContainerModule(({ bind }) => {
  bind(Port.SurvivingStores).toResolvedValue(
    (fileSystem: FileSystem, acquireLock: AcquireLock) =>
      createSurvivingStores(fileSystem, acquireLock, encodeWhenWanted),
    [Machine.FileSystem, Machine.AcquireLock],
  );
});
