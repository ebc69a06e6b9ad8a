import { ContainerModule } from 'inversify';
import { createRaftStoreInitializer } from '../../adapters/raft/raft-store-initializer.js';
import { Machine, Port } from './identifiers.js';

/** The raft store's files. */
export const raftModule = new ContainerModule(({ bind }) => {
  bind(Port.RaftStoreInitializer).toResolvedValue(createRaftStoreInitializer, [
    Machine.FileSystem,
    Machine.AcquireLock,
  ]);
});
