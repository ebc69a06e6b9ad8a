import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import type { RunSandbox } from '../adapters/sandbox/run-sandbox.js';
import { createSandboxRehearsalNode } from '../adapters/sandbox/sandbox-rehearsal-node.js';
import { clusterViewOf } from './grpc-module.js';
import { Machine, Port } from './identifiers.js';

/** How long the embedded daemon may take to answer a query, in milliseconds: it may have to read gigabytes. */
const questionDeadlineMs = 300_000;

/** The embedded daemon as the node for a rehearsal, queried like any daemon. */
export const rehearsalModule = new ContainerModule(({ bind }) => {
  bind(Port.RehearsalNode).toResolvedValue(
    (fileSystem: FileSystem, acquireLock: AcquireLock, run: RunSandbox) =>
      createSandboxRehearsalNode(fileSystem, acquireLock, run, (socket) =>
        clusterViewOf({ kind: 'socket', path: socket }, questionDeadlineMs),
      ),
    [Machine.FileSystem, Machine.AcquireLock, Machine.RunSandbox],
  );
});
