import { ContainerModule } from 'inversify';
import type { FileSystem } from '../../adapters/filesystem/file-system.js';
import { createNodeIdentityWriter } from '../../adapters/identity/node-identity-writer.js';
import { createRaftStoreInitializer } from '../../adapters/raft/raft-store-initializer.js';
import type { Clock } from '../../ports/clock.js';
import { Machine, Port } from './identifiers.js';

/** The raft store's files, and the node's identity beside them. */
export const raftModule = new ContainerModule(({ bind }) => {
  bind(Port.RaftStoreInitializer).toResolvedValue(createRaftStoreInitializer, [
    Machine.FileSystem,
    Machine.AcquireLock,
  ]);
  bind(Port.NodeIdentityWriter).toResolvedValue(
    (fileSystem: FileSystem, clock: Clock) => createNodeIdentityWriter(fileSystem, clock),
    [Machine.FileSystem, Port.Clock],
  );
});
