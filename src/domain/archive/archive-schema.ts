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
 * What the schema of an archive means for whoever reads it. {@link schemaOf} chooses it, once, when meta.json has been read;
 * nothing else decides by the number of a schema.
 */
export type ArchiveSchema = ReadableSchema | ClosedSchema;

/** The state can be read, so the archive can be judged and restored. */
export interface ReadableSchema {
  readonly kind: 'readable';
  /**
   * What meta.json says, once it keeps the rules of the schema.
   * @throws archive_rejected   a value could not have come from a daemon
   * @throws snapshot_rejected  no raft snapshot has that index or term
   */
  checkMetadata(): SnapshotFacts;
  /**
   * The state, one protobuf message jaco.v1.FSMSnapshot, out of the bytes of snapshot.bin, while they pass: with
   * back-pressure and in bounded memory. Until the iteration has ended, what came of it must not be relied on. What
   * `snapshot` throws is thrown on.
   */
  openState(snapshot: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** How a daemon that writes this schema wants the content of its raft store. */
  readonly seal: RaftStoreSeal;
}

/** The state cannot be read: the archive can be kept as it is, and no more. */
export interface ClosedSchema {
  readonly kind: 'closed';
  /** Why, and what would read it: `schema_unsupported`. */
  refusal(): JacoError;
}

/** The schema of an archive. */
export function schemaOf({ metadata }: Pick<OpenedArchive, 'metadata'>): ArchiveSchema {
  return metadata.kind === 'plain' ? plain(metadata) : closed(metadata);
}

/** Nothing is sealed: what daemons up to v0.3.9 boot from. */
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
 * What the archive's state can be read by.
 * @throws schema_unsupported  naming the schema and what it would need
 */
export function requireReadable(schema: ArchiveSchema): ReadableSchema {
  if (schema.kind === 'readable') return schema;
  throw schema.refusal();
}

/**
 * What a restore starts from.
 * @throws schema_unsupported, archive_rejected
 * @throws snapshot_rejected  no raft snapshot has that index or term, or raft could not go on behind it
 */
export function requireRestorable(schema: ArchiveSchema): SnapshotFacts {
  const facts = requireReadable(schema).checkMetadata();
  requireRoomBehind(facts);
  return facts;
}
