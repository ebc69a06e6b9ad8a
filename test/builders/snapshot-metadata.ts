import { stringify } from 'lossless-json';
import {
  type KnownFacts,
  type PlainMetadata,
  plainSchema,
  type SnapshotFacts,
  type SnapshotMetadata,
  sealedSchema,
} from '../../src/domain/archive/snapshot-metadata.js';

/** Metadata of schema 1 as a daemon writes it, with `changes`. */
export function metadataWith(changes: Partial<SnapshotFacts> = {}): PlainMetadata {
  return {
    kind: 'plain',
    schemaVersion: plainSchema,
    clusterId: 'c-7f3a',
    snapshotIndex: 1000n,
    snapshotTerm: 7n,
    jacoVersion: 'v0.3.9',
    takenAt: '2026-05-25T03:00:00Z',
    leaderAtSnapshot: '10.0.0.7:7001',
    ...changes,
  };
}

/** What a test may say of the metadata of an archive of any schema. */
export type MetadataChanges = Partial<KnownFacts> & { readonly schemaVersion?: number };

/** The metadata of `base` with some `changes`, in schema 1 unless they name another. */
export function inSchema(
  { schemaVersion = plainSchema, ...changes }: MetadataChanges,
  base: PlainMetadata = metadataWith(),
): SnapshotMetadata {
  if (schemaVersion === plainSchema) return { ...base, ...changes } as PlainMetadata;
  const facts = { ...base, ...changes };
  return schemaVersion === sealedSchema
    ? { ...facts, kind: 'sealed', schemaVersion, unknownField: undefined }
    : { ...facts, kind: 'unknown', schemaVersion };
}

/** The same as the text of a meta.json. */
export function metadataJson(metadata: SnapshotMetadata): string {
  return `${stringify({
    schema_version: metadata.schemaVersion,
    cluster_id: metadata.clusterId,
    snapshot_index: metadata.snapshotIndex,
    snapshot_term: metadata.snapshotTerm,
    jaco_version: metadata.jacoVersion,
    taken_at: metadata.takenAt,
    leader_at_snapshot: metadata.leaderAtSnapshot,
  })}\n`;
}
