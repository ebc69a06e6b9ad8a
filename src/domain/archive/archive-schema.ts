import type { OpenedArchive } from '../../ports/archive-reader.js';
import type { RaftStoreSeal } from '../../ports/raft-store-seal.js';
import type { StateKeyring } from '../../ports/state-keyring.js';
import { JacoError } from '../errors.js';
import { advice, giveParameter, type Remedy } from '../remedy.js';
import {
  checkMetadata,
  checkSealedMetadata,
  type PlainMetadata,
  plainSchema,
  requireRoomBehind,
  type SealedMetadata,
  type SnapshotFacts,
  sealedSchema,
  type UnknownMetadata,
} from './snapshot-metadata.js';

/**
 * What the schema of an archive means for its readers. {@link schemaOf} chooses it, once, when meta.json has been read;
 * no other code depends on the number of a schema.
 */
export type ArchiveSchema = ReadableSchema | ClosedSchema;

/** How a raft store keeps its content. */
export interface StoreForm {
  readonly seal: RaftStoreSeal;
  /** The id of the key that it is sealed under; undefined if nothing is sealed. */
  readonly keyId: string | undefined;
}

/**
 * The state can be read, so the archive can be checked and restored. The form of the store is that of a daemon that
 * writes this schema.
 */
export interface ReadableSchema extends StoreForm {
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
   * @throws keyring_mismatch  it is sealed, and the ring does not open it
   * @throws archive_rejected  it is sealed, and was changed or cut short since
   */
  openState(snapshot: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** The state cannot be read: the archive can only be kept as it is. */
export interface ClosedSchema {
  readonly kind: 'closed';
  /** Why it cannot be read, and what would read it: `schema_unsupported`. */
  refusal(): JacoError;
}

/** The schema of an archive, which may be sealed under `keyring`. */
export function schemaOf(
  { metadata, metadataBytes }: Pick<OpenedArchive, 'metadata' | 'metadataBytes'>,
  keyring: StateKeyring | undefined,
): ArchiveSchema {
  if (metadata.kind === 'plain') return plain(metadata);
  if (metadata.kind === 'unknown') return unknown(metadata);
  return keyring === undefined ? sealedWithoutRing : sealed(metadata, metadataBytes, keyring);
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
    keyId: undefined,
  };
}

/** The state is encrypted, and bound to meta.json and to a keyring. */
function sealed(metadata: SealedMetadata, metadataBytes: Uint8Array, keyring: StateKeyring): ReadableSchema {
  return {
    kind: 'readable',
    checkMetadata: () => checkSealedMetadata(metadata),
    openState: (snapshot) => keyring.openSnapshot(snapshot, metadataBytes),
    ...sealedStoreOf(keyring),
  };
}

/** The store of a daemon with that keyring. */
export function sealedStoreOf(keyring: StateKeyring): StoreForm {
  return { seal: keyring.seal, keyId: keyring.activeKeyId };
}

const sealedWithoutRing = unsupported(
  `the archive has schema ${sealedSchema}: its state is sealed under the keyring of its cluster, and no keyring is at hand.`,
  giveParameter('keyFile'),
);

function unknown({ schemaVersion }: UnknownMetadata): ClosedSchema {
  return unsupported(
    `the archive has schema ${schemaVersion}; this version restores schemas ${plainSchema} and ${sealedSchema}.`,
    advice('Restore it with the jaco of the release that took it.'),
  );
}

function unsupported(sentence: string, wayOut: Remedy): ClosedSchema {
  return closedBy(() => new JacoError('schema_unsupported', sentence, { remedies: [wayOut] }));
}

/** The schema of an archive whose state turned out not to open. */
export function closedBy(refusal: () => JacoError): ClosedSchema {
  return { kind: 'closed', refusal };
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
