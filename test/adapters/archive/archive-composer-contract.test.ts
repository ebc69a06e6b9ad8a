import { tarGzipArchiveComposer } from '../../../src/adapters/archive/archive-composer.js';
import { defaultArchiveLimits } from '../../../src/adapters/archive/archive-limits.js';
import { createTarGzipArchiveReader } from '../../../src/adapters/archive/tar-gzip-archive-reader.js';
import { archiveComposerContract } from '../../contracts/archive-composer.contract.js';
import { inMemoryArchiveComposer } from '../../fakes/in-memory-archive-composer.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';

archiveComposerContract('tar.gz', tarGzipArchiveComposer, createTarGzipArchiveReader(defaultArchiveLimits));
archiveComposerContract('in memory', inMemoryArchiveComposer, createInMemoryArchiveReader());
