import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { printable } from '../values/printable-text.js';

/** schema_version of archives whose snapshot.bin is the unencrypted state. */
export const plainSchema = 1;

/** schema_version of newer daemons, whose snapshot.bin is encrypted with an external key. */
export const sealedSchema = 2;

/** The facts about a snapshot in its metadata. */
export interface SnapshotFacts {
  readonly clusterId: string;
  /** The raft log index that the snapshot reflects, uint64. */
  readonly snapshotIndex: bigint;
  /** The raft term of that index, uint64. */
  readonly snapshotTerm: bigint;
  /**
   * The version of the daemon that took the backup, as the daemon wrote it; empty from a build without a version stamp.
   */
  readonly jacoVersion: string;
  /** RFC 3339, UTC, as the daemon wrote it. */
  readonly takenAt: string;
  /** The leader's raft address when the snapshot was taken; undefined if the daemon did not name it. */
  readonly leaderAtSnapshot: string | undefined;
}

/**
 * The same facts, each of which may be unknown: undefined means missing, empty, or in a form that schema 1 does not
 * know.
 */
export interface KnownFacts {
  readonly clusterId: string | undefined;
  readonly snapshotIndex: bigint | undefined;
  readonly snapshotTerm: bigint | undefined;
  readonly jacoVersion: string | undefined;
  readonly takenAt: string | undefined;
  readonly leaderAtSnapshot: string | undefined;
}

/** meta.json of schema 1. */
export interface PlainMetadata extends SnapshotFacts {
  readonly kind: 'plain';
  readonly schemaVersion: typeof plainSchema;
}

/** meta.json of schema 2. No field is required as long as its snapshot cannot be opened. */
export interface SealedMetadata extends KnownFacts {
  readonly kind: 'sealed';
  readonly schemaVersion: typeof sealedSchema;
  /** A field that schema 2 does not have, which the daemon refuses; undefined where there is none. */
  readonly unknownField: string | undefined;
}

/** meta.json of any other schema. */
export interface UnknownMetadata extends KnownFacts {
  readonly kind: 'unknown';
  readonly schemaVersion: number;
}

/**
 * What an archive's meta.json says about its snapshot. archive-schema.ts defines what each schema means for a reader.
 */
export type SnapshotMetadata = PlainMetadata | SealedMetadata | UnknownMetadata;

/** The largest meta.json that is read, in bytes. A real one has about 300. */
export const metadataSizeLimitBytes = 64 * 1024;

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * The rules for metadata beyond the types of the fields. hashicorp/raft counts indexes and terms from 1: a zero
 * marks "no snapshot", and a store seeded with it would not boot.
 * @throws archive_rejected  a value could not have come from a daemon
 * @throws snapshot_rejected  snapshot_index or snapshot_term is 0
 */
export function checkMetadata(metadata: SnapshotFacts): void {
  if (metadata.clusterId === '') throw rejected('cluster_id is empty');
  for (const [field, value] of [
    ['cluster_id', metadata.clusterId],
    ['jaco_version', metadata.jacoVersion],
    ['leader_at_snapshot', metadata.leaderAtSnapshot ?? ''],
  ] as const) {
    if (printable(value, Number.POSITIVE_INFINITY) !== value) throw rejected(`${field} holds control characters`);
    if (value.length > 512) throw rejected(`${field} is longer than 512 characters`);
  }
  if (instantOf(metadata.takenAt) === undefined) {
    throw rejected(`taken_at is "${printable(metadata.takenAt, 60)}", not an RFC 3339 time`);
  }
  // A fraction of a second may have any number of digits; the marker repeats them.
  if (metadata.takenAt.length > 512) throw rejected('taken_at is longer than 512 characters');
  for (const [field, value] of [
    ['snapshot_index', metadata.snapshotIndex],
    ['snapshot_term', metadata.snapshotTerm],
  ] as const) {
    if (value === 0n) {
      throw new JacoError('snapshot_rejected', `meta.json says ${field} 0, which no raft snapshot has.`, {
        remedies: [advice('Take the backup again, or use another archive.')],
      });
    }
  }
}

/** What schema 2 must say before its state may be used, by the names of the fields. */
const requiredOfSealed = {
  clusterId: 'cluster_id',
  snapshotIndex: 'snapshot_index',
  snapshotTerm: 'snapshot_term',
  takenAt: 'taken_at',
} as const;

/**
 * The rules of schema 2: those of schema 1, with no field more than it has.
 * @throws archive_rejected, snapshot_rejected
 */
export function checkSealedMetadata(metadata: SealedMetadata): SnapshotFacts {
  if (metadata.unknownField !== undefined) {
    throw rejected(
      `it has a field "${printable(metadata.unknownField, 60)}", which schema ${sealedSchema} does not know`,
    );
  }
  const facts = metadata as KnownFacts as SnapshotFacts;
  for (const [fact, field] of Object.entries(requiredOfSealed)) {
    if (facts[fact as keyof typeof requiredOfSealed] === undefined) throw rejected(`${field} is missing`);
  }
  const checked = { ...facts, jacoVersion: metadata.jacoVersion ?? '' };
  checkMetadata(checked);
  return checked;
}

/** After a snapshot come a restore's first commands, then the entry with which every leader begins. */
const lastRestorableIndex = 2n ** 64n - 3n;
/** The first leader is elected in the next term. */
const lastRestorableTerm = 2n ** 64n - 2n;

/** How a refusal of {@link requireRoomBehind} begins, and what it advises. */
export interface PlacedState {
  /** For example "the snapshot stands". */
  readonly stands: string;
  readonly advice: string;
}

const snapshotOfArchive: PlacedState = { stands: 'the snapshot stands', advice: 'Use another archive.' };

/**
 * Refuses a snapshot after which raft, which counts in 64 bits, could not continue.
 * @throws snapshot_rejected
 */
export function requireRoomBehind(
  { snapshotIndex, snapshotTerm }: Pick<SnapshotFacts, 'snapshotIndex' | 'snapshotTerm'>,
  placed = snapshotOfArchive,
): void {
  const end = (what: string, next: string) =>
    new JacoError('snapshot_rejected', `${placed.stands} at raft ${what}, where the count ends: ${next}.`, {
      remedies: [advice(placed.advice)],
    });
  if (snapshotIndex > lastRestorableIndex) throw end(`index ${snapshotIndex}`, 'no log entry could follow it');
  if (snapshotTerm > lastRestorableTerm) throw end(`term ${snapshotTerm}`, 'no leader could be elected behind it');
}

/**
 * The instant that an RFC 3339 text names, in milliseconds since 1970; undefined when the text is not one, or is
 * missing.
 */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // Date rolls 30 February over into March; a real calendar day stays the same.
  const calendar = new Date(0);
  calendar.setUTCFullYear(year, month - 1, day);
  if (calendar.getUTCMonth() !== month - 1 || calendar.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const instant = Date.parse(text.toUpperCase().replace(/:60(?=[.Z+-])/, ':59'));
  return Number.isNaN(instant) ? undefined : instant;
}

function rejected(reason: string): JacoError {
  return new JacoError('archive_rejected', `meta.json is not what a daemon writes: ${reason}.`, {
    remedies: [advice('Use another archive.')],
  });
}
