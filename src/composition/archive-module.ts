import { ContainerModule } from 'inversify';
import type { ArchiveLimits } from '../adapters/archive/archive-limits.js';
import { createStreamingArchiveVerifier } from '../adapters/archive/streaming-archive-verifier.js';
import { createTarGzipArchiveReader } from '../adapters/archive/tar-gzip-archive-reader.js';
import type { StateKeyring } from '../ports/state-keyring.js';
import { Port, Setting } from './identifiers.js';

/** Archives: gzip and tar. */
export const archiveModule = new ContainerModule(({ bind }) => {
  bind(Port.ArchiveVerifier).toResolvedValue(
    (limits: ArchiveLimits, keyring: StateKeyring | undefined) => createStreamingArchiveVerifier(limits, keyring),
    [Setting.Limits, { optional: true, serviceIdentifier: Setting.Keyring }],
  );
  bind(Port.ArchiveReader).toResolvedValue(createTarGzipArchiveReader, [Setting.Limits]);
});
