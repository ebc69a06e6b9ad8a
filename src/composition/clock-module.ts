import { ContainerModule } from 'inversify';
import { systemClock } from '../adapters/host/system-clock.js';
import { Port } from './identifiers.js';

/** The time. */
export const clockModule = new ContainerModule(({ bind }) => {
  bind(Port.Clock).toConstantValue(systemClock);
});
