import { hostname } from 'node:os';
import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../../adapters/filesystem/file-system.js';
import { type RunningSandbox, runSandbox, type SandboxRequest } from '../../adapters/sandbox/run-sandbox.js';
import type { Clock } from '../../ports/clock.js';
import { Machine, Port } from './identifiers.js';

/** Starts the embedded daemon; what the machine is, is settled. */
export type RunSandbox = (request: Omit<SandboxRequest, 'hostname'>) => Promise<RunningSandbox>;

/** The embedded daemon. */
export const sandboxModule = new ContainerModule(({ bind }) => {
  bind(Machine.RunSandbox).toResolvedValue(sandboxOn, [Machine.FileSystem, Machine.AcquireLock, Port.Clock]);
});

function sandboxOn(fileSystem: FileSystem, acquireLock: AcquireLock, clock: Clock): RunSandbox {
  return (request) => runSandbox({ ...request, hostname: hostname() }, { fileSystem, acquireLock, clock });
}
