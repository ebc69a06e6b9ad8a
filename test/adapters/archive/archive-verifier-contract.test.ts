import { createStreamingArchiveVerifier } from '../../../src/adapters/archive/streaming-archive-verifier.js';
import { tarGzipArchive } from '../../builders/tar-gzip-archive.js';
import { archiveVerifierContract } from '../../contracts/archive-verifier.contract.js';
import { encodeInMemoryArchive } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveVerifier } from '../../fakes/in-memory-archive-verifier.js';

const limitBytes = 1_000_000;

archiveVerifierContract('tar and gzip', {
  verifier: createStreamingArchiveVerifier({ snapshotBytes: limitBytes }),
  archive: tarGzipArchive,
  limitBytes,
});

archiveVerifierContract('in memory', {
  verifier: createInMemoryArchiveVerifier(limitBytes),
  archive: async (metadata, snapshot) => encodeInMemoryArchive(metadata, snapshot),
  limitBytes,
});
