import { sealedSchema } from '../../src/domain/archive/snapshot-metadata.js';
import type { ArchiveComposer } from '../../src/ports/archive-composer.js';
import { encodeInMemoryArchive, inMemoryMetadata } from './in-memory-archive.js';

/** An {@link ArchiveComposer} of archives of the fakes. */
export const inMemoryArchiveComposer: ArchiveComposer = {
  encodeMetadata: (schemaVersion, facts) =>
    schemaVersion === sealedSchema
      ? inMemoryMetadata({ ...facts, kind: 'sealed', schemaVersion, unknownField: undefined })
      : inMemoryMetadata({ ...facts, kind: 'unknown', schemaVersion }),
  async *compose({ metadata, snapshot, snapshotSizeBytes }) {
    const pieces: Uint8Array[] = [];
    for await (const piece of snapshot) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    if (bytes.length !== snapshotSizeBytes) throw new Error(`${bytes.length} bytes instead of ${snapshotSizeBytes}`);
    yield encodeInMemoryArchive(metadata, bytes);
  },
};
