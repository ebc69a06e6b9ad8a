import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import { createNodeIdentityWriter } from '../adapters/identity/node-identity-writer.js';
import { createRaftStoreInitializer } from '../adapters/raft/raft-store-initializer.js';
import type { FirstCommands } from '../domain/restore/first-commands.js';
import type { Clock } from '../ports/clock.js';
import { Machine, Port } from './identifiers.js';

/** Loads the encoder only when the entry is written, not at the start. */
export async function encodeWhenWanted(commands: FirstCommands): Promise<Uint8Array> {
  const { encodeFirstCommands } = await import('../adapters/contract/command-encoding.js');
  return encodeFirstCommands(commands);
}

/** The raft store's files and the node's identity. */
export const raftModule = new ContainerModule(({ bind }) => {
  bind(Port.RaftStoreInitializer).toResolvedValue(
    (fileSystem: FileSystem, acquireLock: AcquireLock) =>
      createRaftStoreInitializer(fileSystem, acquireLock, encodeWhenWanted),
    [Machine.FileSystem, Machine.AcquireLock],
  );
  bind(Port.NodeIdentityWriter).toResolvedValue(
    (fileSystem: FileSystem, clock: Clock) => createNodeIdentityWriter(fileSystem, clock),
    [Machine.FileSystem, Port.Clock],
  );
});
