import { ContainerModule } from 'inversify';
import { tarGzipArchiveComposer } from '../adapters/archive/archive-composer.js';
import { createKeyringSource } from '../adapters/seal/state-keyring.js';
import { Port, Setting } from './identifiers.js';

/** What makes archives anew, under another keyring. */
export const reencryptionModule = new ContainerModule(({ bind }) => {
  bind(Port.ArchiveComposer).toConstantValue(tarGzipArchiveComposer);
  bind(Port.NextStateKeyring).toResolvedValue(
    (path) => createKeyringSource(path, 'nextKeyFile'),
    [Setting.NextKeyFile],
  );
});
