import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTarGzipArchiveReader } from '../../../src/adapters/archive/tar-gzip-archive-reader.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { metadataJson } from '../../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../../builders/tar-gzip-archive.js';
import { archiveReaderContract, type Harness } from '../../contracts/archive-reader.contract.js';
import { encodeInMemoryArchive, type InMemoryFile, inMemoryMetadata } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';

const limitBytes = 10_000;

archiveReaderContract('tar and gzip in a file', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const path = join(directory, 'cluster.tar.gz');
  return {
    reader: createTarGzipArchiveReader(createNodeFileSystem(), { snapshotBytes: limitBytes }),
    archive: tarGzipArchive,
    metadataText: metadataJson,
    async put(bytes) {
      await writeFile(path, bytes);
      return path;
    },
    absent: join(directory, 'absent.tar.gz'),
    limitBytes,
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

archiveReaderContract('in memory', async (): Promise<Harness> => {
  const files = new Map<string, InMemoryFile>();
  return {
    reader: createInMemoryArchiveReader(files, limitBytes),
    archive: async (metadata, snapshot) => encodeInMemoryArchive(metadata, snapshot),
    metadataText: (metadata) => Buffer.from(inMemoryMetadata(metadata)).toString(),
    async put(bytes) {
      files.set('/cluster', { bytes, mode: 0o600 });
      return '/cluster';
    },
    absent: '/absent',
    limitBytes,
    close: async () => undefined,
  };
});
