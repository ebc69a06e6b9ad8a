import type { SnapshotFacts } from '../domain/archive/snapshot-metadata.js';

/** What an archive is made of. */
export interface ArchiveParts {
  /** The very bytes of meta.json. */
  readonly metadata: Uint8Array;
  /** The bytes of snapshot.bin. What it throws is rethrown. */
  readonly snapshot: AsyncIterable<Uint8Array>;
  /** How many they are: the archive says so before the first of them. */
  readonly snapshotSizeBytes: number;
  /** What the archive gives as the time of its entries, milliseconds since 1970. */
  readonly madeAtMs: number;
}

/** Makes archives as a daemon does. */
export interface ArchiveComposer {
  /** meta.json with these facts. */
  encodeMetadata(schemaVersion: number, facts: SnapshotFacts): Uint8Array;
  /** The bytes of an archive, with back-pressure and in bounded memory. */
  compose(parts: ArchiveParts): AsyncIterable<Uint8Array>;
}
