import { setFlagsFromString } from 'node:v8';
import { ContainerModule } from 'inversify';
import { createStreamingArchiveVerifier } from '../../adapters/archive/streaming-archive-verifier.js';
import { createTarGzipArchiveReader } from '../../adapters/archive/tar-gzip-archive-reader.js';
import { Machine, Port, Setting } from './identifiers.js';

// What streams through is garbage at once, most of it outside V8's heap. With new space kept at its first size it goes a
// little at a time, instead of by marking the whole heap every few megabytes (docs/performance.md).
setFlagsFromString('--semi-space-growth-factor=1');

/** Archives: gzip and tar. */
export const archiveModule = new ContainerModule(({ bind }) => {
  bind(Port.ArchiveVerifier).toResolvedValue((limits) => createStreamingArchiveVerifier(limits), [Setting.Limits]);
  bind(Port.ArchiveReader).toResolvedValue(createTarGzipArchiveReader, [
    Machine.FileSystem,
    Setting.Limits,
    Setting.ReaderExtras,
  ]);
});
