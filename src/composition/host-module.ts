import { ContainerModule } from 'inversify';
import { createNodeHostFacts } from '../adapters/host/node-host-facts.js';
import { Port, Setting } from './identifiers.js';

/** Facts of this machine. */
export const hostModule = new ContainerModule(({ bind }) => {
  bind(Port.HostFacts).toResolvedValue(
    ({ environment, daemonConfiguration }) => createNodeHostFacts(environment, daemonConfiguration),
    [Setting.Host],
  );
});
