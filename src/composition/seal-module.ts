import { ContainerModule } from 'inversify';
import { createKeyringFileGenerator } from '../adapters/seal/keyring-file-generator.js';
import { Machine, Port } from './identifiers.js';

/** Keyrings of newer daemons. */
export const sealModule = new ContainerModule(({ bind }) => {
  bind(Port.KeyringGenerator).toResolvedValue(createKeyringFileGenerator, [Machine.FileSystem, Machine.AcquireLock]);
});
