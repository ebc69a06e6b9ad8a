import { ContainerModule } from 'inversify';
import { createAgeArchiveSealer } from '../adapters/age/age-archive-sealer.js';
import { Port, Setting } from './identifiers.js';

/** Encryption in the age format. Asked for with `getAsync`, as the recipients may lie in files. */
export const ageModule = new ContainerModule(({ bind }) => {
  bind(Port.ArchiveSealer).toResolvedValue((recipients) => createAgeArchiveSealer(recipients), [Setting.Recipients]);
});
