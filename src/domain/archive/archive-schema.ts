import type { OpenedArchive } from '../../ports/archive-reader.js';
import type { RaftStoreSeal } from '../../ports/raft-store-seal.js';
import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import {
  checkMetadata,
  type PlainMetadata,
  plainSchema,
  requireRoomBehind,
  type SnapshotFacts,
  type SnapshotMetadata,
  sealedSchema,
} from './snapshot-metadata.js';

/**
 * What the schema of an archive means for its readers. {@link schemaOf} chooses it, once, when meta.json has been read;
 * no other code depends on the number of a schema.
 */
export type ArchiveSchema = ReadableSchema | ClosedSchema;

/** The state can be read, so the archive can be checked and restored. */
export interface ReadableSchema {
  readonly kind: 'readable';
  /**
   * The facts in meta.json, after checking them against the rules of the schema.
   * @throws archive_rejected   a value could not have come from a daemon
   * @throws snapshot_rejected  no raft snapshot has that index or term
   */
  checkMetadata(): SnapshotFacts;
  /**
   * Streams the state, one protobuf message jaco.v1.FSMSnapshot, from the bytes of snapshot.bin, with back-pressure and
   * in bounded memory. Callers must not rely on it until the iteration has ended. Rethrows what `snapshot` throws.
   */
  openState(snapshot: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** How a daemon that writes this schema stores the content of its raft store. */
  readonly seal: RaftStoreSeal;
}

/** The state cannot be read: the archive can only be kept as it is. */
export interface ClosedSchema {
  readonly kind: 'closed';
  /** Why it cannot be read, and what would read it: `schema_unsupported`. */
  refusal(): JacoError;
}

/** The schema of an archive. */
export function schemaOf({ metadata }: Pick<OpenedArchive, 'metadata'>): ArchiveSchema {
  return metadata.kind === 'plain' ? plain(metadata) : closed(metadata);
}

/** Seals nothing: daemons up to v0.3.9 boot from this. */
export const unsealed: RaftStoreSeal = {
  sealState: (state) => state,
  sealEntry: ({ data, extensions }) => ({ data, extensions }),
  stableValues: () => new Map(),
};

/** The state is kept as it is. */
function plain(metadata: PlainMetadata): ReadableSchema {
  return {
    kind: 'readable',
    checkMetadata() {
      checkMetadata(metadata);
      return metadata;
    },
    openState: (snapshot) => snapshot,
    seal: unsealed,
  };
}

function closed({ kind, schemaVersion }: Exclude<SnapshotMetadata, PlainMetadata>): ClosedSchema {
  if (kind === 'sealed') {
    return unsupported(
      `the archive has schema ${sealedSchema}: its snapshot is encrypted and bound to an external key file, which this version cannot open.`,
      'Restore it with the jaco of the release that took it, and its key file.',
    );
  }
  return unsupported(
    `the archive has schema ${schemaVersion}; this version restores schema ${plainSchema}.`,
    'Restore it with the jaco of the release that took it.',
  );
}

function unsupported(sentence: string, wayOut: string): ClosedSchema {
  return {
    kind: 'closed',
    refusal: () => new JacoError('schema_unsupported', sentence, { remedies: [advice(wayOut)] }),
  };
}

/**
 * The schema, if the archive's state can be read.
 * @throws schema_unsupported  names the schema and what would be needed
 */
export function requireReadable(schema: ArchiveSchema): ReadableSchema {
  if (schema.kind === 'readable') return schema;
  throw schema.refusal();
}

/**
 * The facts that a restore starts from.
 * @throws schema_unsupported, archive_rejected
 * @throws snapshot_rejected  no raft snapshot has that index or term, or raft could not continue after it
 */
export function requireRestorable(schema: ArchiveSchema): SnapshotFacts {
  const facts = requireReadable(schema).checkMetadata();
  requireRoomBehind(facts);
  return facts;
}
