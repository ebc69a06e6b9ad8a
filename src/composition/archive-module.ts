import { ContainerModule } from 'inversify';
import { createStreamingArchiveVerifier } from '../adapters/archive/streaming-archive-verifier.js';
import { createTarGzipArchiveReader } from '../adapters/archive/tar-gzip-archive-reader.js';
import { Port, Setting } from './identifiers.js';

/** Archives: gzip and tar. */
export const archiveModule = new ContainerModule(({ bind }) => {
  bind(Port.ArchiveVerifier).toResolvedValue((limits) => createStreamingArchiveVerifier(limits), [Setting.Limits]);
  bind(Port.ArchiveReader).toResolvedValue(createTarGzipArchiveReader, [Setting.Limits]);
});
