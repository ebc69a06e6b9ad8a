import { ContainerModule } from 'inversify';
import { createNodeHostFacts } from '../../adapters/host/node-host-facts.js';
import { systemClock } from '../../adapters/host/system-clock.js';
import { Port } from './identifiers.js';

/** Facts of this machine. */
export const hostModule = new ContainerModule(({ bind }) => {
  bind(Port.HostFacts).toResolvedValue(() => createNodeHostFacts(process.env));
  bind(Port.Clock).toConstantValue(systemClock);
});
