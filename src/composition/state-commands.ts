import 'reflect-metadata';
import { Container } from 'inversify';
import type { ReencryptionPorts } from '../domain/archive/reencrypt-backup.js';
import type { KeyringGenerator } from '../ports/keyring-generator.js';
import { readingContainer, readingPortsOf } from './container.js';
import { fileSystemModule } from './file-system-module.js';
import { Port, Setting } from './identifiers.js';
import { reencryptionModule } from './reencryption-module.js';
import type { ReencryptionSettings } from './settings.js';

/*
 * What `jaco state` is composed of: keyrings, and backups under another one.
 */

/** The port that makes keyrings. */
export async function composeKeyringGenerator(): Promise<KeyringGenerator> {
  const { sealModule } = await import('./seal-module.js');
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule, sealModule);
  return container.get(Port.KeyringGenerator);
}

/** The ports of a re-encryption. */
export function composeReencryption(settings: ReencryptionSettings): ReencryptionPorts {
  const container = readingContainer(settings);
  container.bind(Setting.NextKeyFile).toConstantValue(settings.nextKeyFile);
  container.load(reencryptionModule);
  return {
    ...readingPortsOf(container),
    writer: container.get(Port.ArchiveWriter),
    composer: container.get(Port.ArchiveComposer),
    nextKeyring: container.get(Port.NextStateKeyring),
    gaps: container.get(Port.FileSystemGaps),
  };
}
