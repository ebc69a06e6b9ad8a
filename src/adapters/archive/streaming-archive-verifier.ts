import { schemaOf } from '../../domain/archive/archive-schema.js';
import { acceptSnapshot } from '../../domain/archive/snapshot-acceptance.js';
import type { SnapshotFacts, SnapshotMetadata } from '../../domain/archive/snapshot-metadata.js';
import { walkSnapshot } from '../../domain/state/snapshot-content.js';
import type { ArchiveSummary, ArchiveVerifier } from '../../ports/archive-verifier.js';
import type { ArchiveLimits } from './archive-limits.js';
import { parseArchiveMetadata } from './archive-metadata.js';
import { readArchiveParts } from './archive-parts.js';
import { gather } from './gather.js';
import { createHandover } from './handover.js';

/** How many bytes of an archive are gathered before they go to the check and the consumer. */
const gatheredByDefault = 512 * 1024;

/**
 * Verifies archives while they pass. Each chunk goes to the check and to the consumer; neither gets more than one chunk
 * ahead of the other, so memory stays flat no matter which is slower.
 */
export function createStreamingArchiveVerifier(
  limits: ArchiveLimits,
  gatheredBytes = gatheredByDefault,
): ArchiveVerifier {
  return {
    verify(archive) {
      let summary: ArchiveSummary | undefined;
      async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
        const handover = createHandover<Uint8Array>();
        const checking = check(handover.items, limits);
        // A failure shows at the next offer or at the end, whichever comes first.
        checking.then(handover.stop, handover.stop);
        try {
          for await (const chunk of gather(archive, gatheredBytes)) {
            if (!(await handover.offer(chunk))) break;
            yield chunk;
          }
          handover.end();
          summary = await checking;
        } finally {
          handover.stop();
          await checking.catch(() => undefined);
        }
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

async function check(archive: AsyncIterable<Uint8Array>, limits: ArchiveLimits): Promise<ArchiveSummary> {
  const walk = walkSnapshot();
  let metadata: SnapshotMetadata | undefined;
  let snapshotSizeBytes = 0;
  for await (const part of readArchiveParts(archive, limits)) {
    if (part.kind === 'metadata') {
      metadata = parseArchiveMetadata(part.bytes);
      factsOf(metadata);
    } else {
      snapshotSizeBytes += part.bytes.length;
      walk.feed(part.bytes);
    }
  }
  if (metadata === undefined) throw new Error('an archive without metadata was not refused');
  const facts = factsOf(metadata);
  if (facts !== undefined) acceptSnapshot(walk.finish(), facts);
  return { metadata, snapshotSizeBytes };
}

/** The checked facts of the metadata; undefined if the state cannot be read. */
function factsOf(metadata: SnapshotMetadata): SnapshotFacts | undefined {
  const schema = schemaOf({ metadata });
  return schema.kind === 'readable' ? schema.checkMetadata() : undefined;
}
