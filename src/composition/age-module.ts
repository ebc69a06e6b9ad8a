import { ContainerModule } from 'inversify';
import { createAgeArchiveSealer } from '../adapters/age/age-archive-sealer.js';
import { Port, Setting } from './identifiers.js';

/** Encryption in the age format. Resolve it with `getAsync`, as the recipients may be in files. */
export const ageModule = new ContainerModule(({ bind }) => {
  bind(Port.ArchiveSealer).toResolvedValue((recipients) => createAgeArchiveSealer(recipients), [Setting.Recipients]);
});
