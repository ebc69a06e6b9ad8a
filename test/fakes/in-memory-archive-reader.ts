import type { ArchiveReader } from '../../src/ports/archive-reader.js';
import { type InMemoryArchiveWalk, walkInMemoryArchive } from './in-memory-archive.js';

/** An {@link ArchiveReader} of archives of the fakes, which it reads twice; their snapshots may have `limitBytes`. */
export function createInMemoryArchiveReader(limitBytes = Number.POSITIVE_INFINITY): ArchiveReader {
  return {
    async open(backup) {
      try {
        const head = walkInMemoryArchive(Number.POSITIVE_INFINITY);
        for await (const chunk of backup.read()) {
          head.feed(chunk);
          if (head.head() !== undefined) break;
        }
        const { metadata, metadataBytes, snapshotSizeBytes } = head.head() ?? head.finish();
        const walk = walkInMemoryArchive(limitBytes, true);
        return {
          metadata,
          metadataBytes,
          snapshotSizeBytes,
          snapshot: streamSnapshot(backup.read(), walk),
          file: () => ({ ...backup.facts(), paddingBytes: walk.paddingBytes() }),
          close: () => backup.close(),
        };
      } catch (error) {
        await backup.close();
        throw error;
      }
    },
  };
}

async function* streamSnapshot(
  archive: AsyncIterable<Uint8Array>,
  walk: InMemoryArchiveWalk,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of archive) {
    const snapshot = walk.feed(chunk);
    if (snapshot.length > 0) yield snapshot;
  }
  walk.finish();
}
