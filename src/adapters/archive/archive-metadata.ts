import type { ErrorObject } from 'ajv';
import { parse } from 'lossless-json';
import {
  type KnownFacts,
  plainSchema,
  type SnapshotFacts,
  type SnapshotMetadata,
  sealedSchema,
} from '../../domain/archive/snapshot-metadata.js';
import { printable } from '../../domain/values/printable-text.js';
import { archiveRejected } from './archive-rejected.js';
import * as validators from './metadata-validator.js';

/** The largest uint64. */
const uint64Maximum = 2n ** 64n - 1n;

/** The validator that ajv compiled from metadata-schema.json: a type guard that stores its errors. */
interface Guard<Document> {
  (value: unknown): value is Document;
  errors?: readonly ErrorObject[] | null;
}

/** meta.json of schema 1, by the names of its fields. */
interface SchemaOne {
  readonly cluster_id: string;
  readonly snapshot_index: bigint;
  readonly snapshot_term: bigint;
  readonly jaco_version: string;
  readonly taken_at: string;
  readonly leader_at_snapshot?: string;
}

/** meta.json of any other schema. */
type Fields = Readonly<Record<string, unknown>>;

const isAnySchema = validators.isAnySchema as unknown as Guard<{ schema_version: bigint }>;
const isSchemaOne = validators.isSchemaOne as unknown as Guard<SchemaOne>;

/**
 * Reads an archive's meta.json. From schemas other than 1 it takes only fields in the known form, so that a newer
 * daemon's archive can be recognised and refused by name.
 * @throws archive_rejected  it is not UTF-8, not JSON, has a field twice with different values, or one of the wrong type
 */
export function parseArchiveMetadata(bytes: Uint8Array): SnapshotMetadata {
  const document = parseJson(decodeText(bytes));
  if (!isAnySchema(document)) throw malformed(isAnySchema.errors);
  const schemaVersion = Number(document.schema_version);
  if (schemaVersion === plainSchema) {
    if (!isSchemaOne(document)) throw malformed(isSchemaOne.errors);
    return { kind: 'plain', schemaVersion, ...plainFacts(document) };
  }
  const facts = knownFacts(document as unknown as Fields);
  return schemaVersion === sealedSchema
    ? { kind: 'sealed', schemaVersion, ...facts, unknownField: unknownFieldIn(document) }
    : { kind: 'unknown', schemaVersion, ...facts };
}

/** The facts that schema 1 requires; only the leader may be missing. */
function plainFacts(fields: SchemaOne): SnapshotFacts {
  return {
    clusterId: fields.cluster_id,
    snapshotIndex: fields.snapshot_index,
    snapshotTerm: fields.snapshot_term,
    jacoVersion: fields.jaco_version,
    takenAt: fields.taken_at,
    leaderAtSnapshot: textIn(fields.leader_at_snapshot),
  };
}

/** The fields that have the form of schema 1. */
function knownFacts(fields: Fields): KnownFacts {
  return {
    clusterId: textIn(fields['cluster_id']),
    snapshotIndex: uint64In(fields['snapshot_index']),
    snapshotTerm: uint64In(fields['snapshot_term']),
    jacoVersion: textIn(fields['jaco_version']),
    takenAt: textIn(fields['taken_at']),
    leaderAtSnapshot: textIn(fields['leader_at_snapshot']),
  };
}

/** The fields of schemas 1 and 2. */
const knownFields = [
  ...['schema_version', 'cluster_id', 'snapshot_index', 'snapshot_term'],
  ...['jaco_version', 'taken_at', 'leader_at_snapshot'],
];

function unknownFieldIn(document: object): string | undefined {
  return Object.keys(document).find((name) => !knownFields.includes(name));
}

/** An empty text counts as missing. */
function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function uint64In(value: unknown): bigint | undefined {
  return typeof value === 'bigint' && value >= 0n && value <= uint64Maximum ? value : undefined;
}

function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw reject('it begins with a byte order mark');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw reject('it is not UTF-8 text', error);
  }
}

function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, {
      parseNumber: (digits) => (/^-?[0-9]+$/.test(digits) ? BigInt(digits) : Number(digits)),
      onDuplicateKey: ({ key }) => {
        throw reject(`it gives "${printable(key, 60)}" twice`);
      },
    });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) throw reject('it is not JSON', error);
    throw error;
  }
}

function malformed(errors: readonly ErrorObject[] | null | undefined) {
  const first = errors?.[0];
  const field = first?.instancePath.slice(1) ?? '';
  if (first === undefined || (field === '' && first.keyword === 'type')) return reject('it is not an object');
  if (first.keyword === 'required') return reject(`${String(first.params['missingProperty'])} is missing`);
  if (first.keyword === 'unsignedBits') return reject(`${field} is not a whole number from 0 to 2^${first.schema}-1`);
  return reject(`${field} is not a ${String(first.params['type'])}`);
}

function reject(reason: string, cause?: unknown) {
  return archiveRejected(`its meta.json is unusable: ${reason}`, cause);
}
