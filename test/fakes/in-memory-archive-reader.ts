import { createHash } from 'node:crypto';
import { JacoError } from '../../src/domain/errors.js';
import type { ArchiveReader } from '../../src/ports/archive-reader.js';
import { type InMemoryArchiveWalk, type InMemoryFile, walkInMemoryArchive } from './in-memory-archive.js';

/** How much is read of a file at a time, in bytes. */
const readBytes = 64;

/** An {@link ArchiveReader} of archives of the fakes in `files`, by path; their snapshots may have `limitBytes`. */
export function createInMemoryArchiveReader(
  files: ReadonlyMap<string, InMemoryFile>,
  limitBytes = Number.POSITIVE_INFINITY,
): ArchiveReader {
  return {
    async open(path, { fingerprint = false } = {}) {
      const file = files.get(path);
      if (file === undefined) throw new JacoError('archive_unreadable', `cannot read ${path}: there is no such file.`);
      const head = walkInMemoryArchive(Number.POSITIVE_INFINITY);
      for (const chunk of chunksOf(file.bytes)) {
        head.feed(chunk);
        if (head.head() !== undefined) break;
      }
      const { metadata, metadataBytes } = head.head() ?? head.finish();
      const walk = walkInMemoryArchive(limitBytes, true);
      return {
        metadata,
        metadataBytes,
        snapshot: streamSnapshot(file.bytes, walk),
        file: () => ({
          paddingBytes: walk.paddingBytes(),
          sizeBytes: file.bytes.length,
          sha256: fingerprint ? createHash('sha256').update(file.bytes).digest('hex') : undefined,
        }),
        close: async () => undefined,
      };
    },
  };
}

async function* streamSnapshot(
  archive: Uint8Array,
  walk: InMemoryArchiveWalk,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunksOf(archive)) {
    const snapshot = walk.feed(chunk);
    if (snapshot.length > 0) yield snapshot;
  }
  walk.finish();
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += readBytes) yield bytes.subarray(start, start + readBytes);
}
