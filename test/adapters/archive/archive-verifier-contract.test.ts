import { createStreamingArchiveVerifier } from '../../../src/adapters/archive/streaming-archive-verifier.js';
import { metadataJson } from '../../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../../builders/tar-gzip-archive.js';
import { archiveVerifierContract } from '../../contracts/archive-verifier.contract.js';
import { encodeInMemoryArchive, inMemoryMetadata } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveVerifier } from '../../fakes/in-memory-archive-verifier.js';

const limitBytes = 1_000_000;

archiveVerifierContract('tar and gzip', {
  verifier: createStreamingArchiveVerifier({ snapshotBytes: limitBytes }),
  withKeyring: (keyring) => createStreamingArchiveVerifier({ snapshotBytes: limitBytes }, keyring),
  archive: tarGzipArchive,
  metadataText: metadataJson,
  limitBytes,
});

archiveVerifierContract('in memory', {
  verifier: createInMemoryArchiveVerifier(limitBytes),
  withKeyring: (keyring) => createInMemoryArchiveVerifier(limitBytes, keyring),
  archive: async (metadata, snapshot) => encodeInMemoryArchive(metadata, snapshot),
  metadataText: (metadata) => Buffer.from(inMemoryMetadata(metadata)).toString(),
  limitBytes,
});
