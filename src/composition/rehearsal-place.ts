import { Container } from 'inversify';
import type { RehearsalNode } from '../ports/rehearsal-node.js';
import { clockModule } from './clock-module.js';
import { fileSystemModule } from './file-system-module.js';
import { hostModule } from './host-module.js';
import { Port, Setting } from './identifiers.js';
import { rehearsalModule } from './rehearsal-module.js';
import { sandboxModule } from './sandbox-module.js';
import type { RecoverySettings } from './settings.js';

/** The port that provides places for rehearsals, where no archive is read. */
export function composeRehearsalPlace(settings: RecoverySettings): Pick<RehearsalNode, 'prepare'> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Setting.Host).toConstantValue(settings);
  container.load(fileSystemModule, hostModule, clockModule, sandboxModule, rehearsalModule);
  return container.get(Port.RehearsalNode);
}
