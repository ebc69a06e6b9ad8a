import { composeArchive, encodeMetadata } from '../../src/adapters/archive/archive-composer.js';
import { plainSchema, type SnapshotFacts } from '../../src/domain/archive/snapshot-metadata.js';

/** The bytes of an archive of schema 1, as the sandbox makes them. */
export function composedArchive(
  facts: SnapshotFacts,
  snapshot: AsyncIterable<Uint8Array>,
  snapshotSizeBytes: number,
): AsyncIterable<Uint8Array> {
  const madeAtMs = Date.parse(facts.takenAt);
  return composeArchive({ metadata: encodeMetadata(plainSchema, facts), snapshot, snapshotSizeBytes, madeAtMs });
}
