import { ContainerModule } from 'inversify';
import { acquireExclusiveLock } from '../adapters/filesystem/exclusive-lock.js';
import { createMarkerFileWriter } from '../adapters/filesystem/marker-file-writer.js';
import { createDataDirectoryInspector } from '../adapters/filesystem/node-data-directory-inspector.js';
import { createNodeFileSystem } from '../adapters/filesystem/node-file-system.js';
import { toleratingGaps } from '../adapters/filesystem/tolerated-gaps.js';
import { Machine, Port } from './identifiers.js';

/** This machine's files. */
export const fileSystemModule = new ContainerModule(({ bind }) => {
  const files = toleratingGaps(createNodeFileSystem());
  bind(Machine.FileSystem).toConstantValue(files);
  bind(Port.FileSystemGaps).toConstantValue(files);
  bind(Machine.AcquireLock).toConstantValue(acquireExclusiveLock);
  bind(Port.MarkerWriter).toResolvedValue(createMarkerFileWriter, [Machine.FileSystem]);
  bind(Port.DataDirectoryInspector).toResolvedValue(createDataDirectoryInspector, [Machine.FileSystem]);
});
