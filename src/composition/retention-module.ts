import { ContainerModule } from 'inversify';
import { createBackupDirectory } from '../adapters/filesystem/node-backup-directory.js';
import { Machine, Port } from './identifiers.js';

/** Where earlier backups lie. */
export const retentionModule = new ContainerModule(({ bind }) => {
  bind(Port.BackupDirectory).toResolvedValue(createBackupDirectory, [Machine.FileSystem]);
});
