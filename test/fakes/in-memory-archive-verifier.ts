import { schemaOf } from '../../src/domain/archive/archive-schema.js';
import { acceptSnapshot } from '../../src/domain/archive/snapshot-acceptance.js';
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
        const { metadata, snapshotSizeBytes } = walk.finish();
        const schema = schemaOf({ metadata });
        if (schema.kind === 'readable') acceptSnapshot(state.finish(), schema.checkMetadata());
        summary = { metadata, snapshotSizeBytes };
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
