import { schemaOf } from '../../src/domain/archive/archive-schema.js';
import { acceptSnapshot } from '../../src/domain/archive/snapshot-acceptance.js';
import { walkSnapshot } from '../../src/domain/state/snapshot-content.js';
import type { ArchiveSummary, ArchiveVerifier } from '../../src/ports/archive-verifier.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { streamOf } from '../builders/byte-streams.js';
import { walkInMemoryArchive } from './in-memory-archive.js';

/** An {@link ArchiveVerifier} of archives of the fakes, whose snapshots may have `limitBytes`. */
export function createInMemoryArchiveVerifier(
  limitBytes = Number.POSITIVE_INFINITY,
  keyring?: StateKeyring,
): ArchiveVerifier {
  return {
    verify(archive) {
      let summary: ArchiveSummary | undefined;
      async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
        const walk = walkInMemoryArchive(limitBytes);
        const pieces: Uint8Array[] = [];
        for await (const chunk of archive) {
          pieces.push(walk.feed(chunk));
          yield chunk;
        }
        const { metadata, metadataBytes, snapshotSizeBytes } = walk.finish();
        const schema = schemaOf({ metadata, metadataBytes }, keyring);
        const stateVerified = schema.kind === 'readable';
        if (stateVerified) {
          const state = walkSnapshot();
          for await (const bytes of schema.openState(streamOf(...pieces))) state.feed(bytes);
          acceptSnapshot(state.finish(), schema.checkMetadata());
        }
        summary = { metadata, snapshotSizeBytes, stateVerified };
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
