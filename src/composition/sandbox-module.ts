import { ContainerModule } from 'inversify';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import { type RunSandbox, runSandbox } from '../adapters/sandbox/run-sandbox.js';
import type { Clock } from '../ports/clock.js';
import type { HostFacts } from '../ports/host-facts.js';
import { Machine, Port, Setting } from './identifiers.js';
import { storeAccessFrom } from './store-access-source.js';

/** The embedded daemon. */
export const sandboxModule = new ContainerModule(({ bind }) => {
  bind(Machine.RunSandbox).toResolvedValue(sandboxOnThisMachine, [
    Machine.FileSystem,
    Machine.AcquireLock,
    Port.Clock,
    Port.HostFacts,
    { optional: true, serviceIdentifier: Setting.KeyFile },
  ]);
});

function sandboxOnThisMachine(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  clock: Clock,
  host: HostFacts,
  keyFile: string | undefined,
): RunSandbox {
  const loadStoreAccess = storeAccessFrom(keyFile);
  return (request) =>
    runSandbox(request, { fileSystem, acquireLock, clock, hostname: host.hostname(), loadStoreAccess });
}
