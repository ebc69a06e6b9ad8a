import { acceptSnapshot } from '../../src/domain/archive/snapshot-acceptance.js';
import { checkMetadata, restorableSchema } from '../../src/domain/archive/snapshot-metadata.js';
import { walkSnapshot } from '../../src/domain/state/snapshot-content.js';
import type { ArchiveSummary, ArchiveVerifier } from '../../src/ports/archive-verifier.js';
import { walkInMemoryArchive } from './in-memory-archive.js';

/** An {@link ArchiveVerifier} of archives of the fakes, whose snapshots may have `limitBytes`. */
export function createInMemoryArchiveVerifier(limitBytes = Number.POSITIVE_INFINITY): ArchiveVerifier {
  return {
    verify(archive) {
      let summary: ArchiveSummary | undefined;
      async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
        const walk = walkInMemoryArchive(limitBytes);
        const state = walkSnapshot();
        for await (const chunk of archive) {
          state.feed(walk.feed(chunk));
          yield chunk;
        }
        const found = walk.finish();
        if (found.metadata.schemaVersion === restorableSchema) checkMetadata(found.metadata);
        acceptSnapshot(state.finish(), found.metadata);
        summary = found;
      }
      return {
        bytes: pass(),
        summary() {
          if (summary === undefined) throw new Error('the archive has not passed yet');
          return summary;
        },
      };
    },
  };
}
