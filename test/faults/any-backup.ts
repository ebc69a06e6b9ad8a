import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { printable } from '../../src/domain/values/printable-text.js';
import { bytesField, type MetadataFields, metadataJson, varint } from './sample-archive.js';
import { tarEntry, tarOf } from './tar-builder.js';

/** A good archive and what went into it. */
export interface Backup {
  readonly fields: MetadataFields;
  readonly snapshot: Buffer;
  readonly archive: Buffer;
}

/** What a daemon may name a cluster or a node: anything that stays on its line of a terminal. */
const text = (minLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength, maxLength: 40 })
    .filter((value) => printable(value, Number.POSITIVE_INFINITY) === value);

/** Index and term after which raft can continue. */
const positive = fc.oneof(
  fc.bigInt({ min: 1n, max: 2n ** 64n - 3n }),
  fc.constantFrom(1n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 3n),
);

const version = fc.oneof(
  fc.constantFrom('dev', '', '0.0.1-dev', 'v0.3.9', 'v0.3.9-rc.1+build.7'),
  fc.tuple(fc.nat(), fc.nat()).map(([minor, patch]) => `v0.${minor}.${patch}`),
);

const time = fc
  .tuple(
    fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
    fc.constantFrom('', '.5', '.123456789', '.000000000000'),
    fc.constantFrom('Z', '+00:00', '-07:00', '+05:45'),
  )
  .map(([date, fraction, zone]) => `${date.toISOString().slice(0, 19)}${fraction}${zone}`);

const metadata: fc.Arbitrary<MetadataFields> = fc.record({
  schema_version: fc.constant(1),
  cluster_id: text(1),
  snapshot_index: positive,
  snapshot_term: positive,
  jaco_version: version,
  taken_at: time,
  leader_at_snapshot: text(0),
});

/** Fields of newer daemons, as JSON source. We do not know their names. */
const unknownMembers = fc
  .dictionary(
    fc.string({ unit: 'binary', maxLength: 12 }).map((key) => `x${key}`),
    fc.jsonValue({ maxDepth: 3 }),
    {
      maxKeys: 4,
    },
  )
  .map((members) => Object.fromEntries(Object.entries(members).map(([key, value]) => [key, JSON.stringify(value)])));

const content = fc.uint8Array({ maxLength: 300 });
const entity = fc.tuple(fc.integer({ min: 2, max: 18 }), content).map(([field, bytes]) => bytesField(field, bytes));

/** A field that this version does not know, of any wire type that protobuf still uses. */
const unknownField = fc.integer({ min: 19, max: 2 ** 29 - 1 }).chain((field) =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => Buffer.concat([tag(field, 0), varint(value)])),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.concat([tag(field, 1), bytes])),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.concat([tag(field, 5), bytes])),
    content.map((bytes) => bytesField(field, bytes)),
  ),
);

/** The state of a cluster: its record among entities and unknown fields, in any order, with others inside it. */
function stateOf(clusterId: string): fc.Arbitrary<Buffer> {
  const record = fc
    .tuple(fc.array(entity, { maxLength: 3 }), fc.array(unknownField, { maxLength: 2 }), fc.nat(5))
    .map(([known, unknown, place]) => bytesField(1, inserted([...known, ...unknown], bytesField(1, clusterId), place)));
  return fc
    .tuple(record, fc.array(fc.oneof(entity, unknownField), { maxLength: 8 }), fc.nat(8))
    .map(([cluster, others, place]) => inserted(others, cluster, place));
}

/** Any archive that a daemon of this or a later release may send. */
export const anyBackup: fc.Arbitrary<Backup> = metadata.chain((fields) =>
  fc
    .record({
      snapshot: stateOf(fields.cluster_id),
      members: unknownMembers,
      level: fc.constantFrom(0, 1, 6, 9),
      format: fc.constantFrom('ustar' as const, 'gnu' as const),
      metadataFirst: fc.boolean(),
    })
    .map(({ snapshot, members, level, format, metadataFirst }) => {
      const entries = [
        tarEntry({ name: 'meta.json', format }, metadataJson(members, fields)),
        tarEntry({ name: 'snapshot.bin', format }, snapshot),
      ];
      const tar = tarOf(...(metadataFirst ? entries : entries.reverse()));
      return { fields, snapshot, archive: gzipSync(tar, { level }) };
    }),
);

/** Sizes of the pieces in which bytes come; used again from the first when there are more bytes. */
export const anyChunking = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 512, 65536)), {
  minLength: 1,
  maxLength: 6,
});

/** Cuts `bytes` into pieces of these sizes, which come one by one as from a network. */
export async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  // Larger each round: empty pieces alone would never end, and pieces of one byte take long.
  const turns = [...sizes, 512];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = turns[turn % turns.length] as number;
    await setImmediate();
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function inserted(fields: readonly Buffer[], field: Buffer, place: number): Buffer {
  return Buffer.concat([...fields.slice(0, place), field, ...fields.slice(place)]);
}

function tag(field: number, wireType: number): Buffer {
  return varint(BigInt(field) * 8n + BigInt(wireType));
}
