import { createTarGzipArchiveReader } from '../../../src/adapters/archive/tar-gzip-archive-reader.js';
import { metadataJson } from '../../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../../builders/tar-gzip-archive.js';
import { archiveReaderContract } from '../../contracts/archive-reader.contract.js';
import { encodeInMemoryArchive, inMemoryMetadata } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';

const limitBytes = 10_000;

archiveReaderContract('tar and gzip', {
  reader: createTarGzipArchiveReader({ snapshotBytes: limitBytes }),
  archive: tarGzipArchive,
  metadataText: metadataJson,
  limitBytes,
});

archiveReaderContract('in memory', {
  reader: createInMemoryArchiveReader(limitBytes),
  archive: async (metadata, snapshot) => encodeInMemoryArchive(metadata, snapshot),
  metadataText: (metadata) => Buffer.from(inMemoryMetadata(metadata)).toString(),
  limitBytes,
});
