import { archiveOf, type TarHeaderFields, tarEntry } from './tar-builder.js';

/** The fields of a good meta.json, in the order in which a daemon writes them. */
export interface MetadataFields {
  readonly schema_version: number;
  readonly cluster_id: string;
  readonly snapshot_index: bigint;
  readonly snapshot_term: bigint;
  readonly jaco_version: string;
  readonly taken_at: string;
  readonly leader_at_snapshot: string;
}

/** The default meta.json. */
const sampleFields: MetadataFields = {
  schema_version: 1,
  cluster_id: '6f1c',
  snapshot_index: 1000n,
  snapshot_term: 7n,
  jaco_version: 'v0.3.9',
  taken_at: '2026-05-25T10:00:00Z',
  leader_at_snapshot: '10.0.0.1:7001',
};

/** meta.json as text; `replaced` gives fields as JSON source, so that they can be wrong, or undefined to leave them out. */
export function metadataJson(
  replaced: Readonly<Record<string, string | undefined>> = {},
  fields: MetadataFields = sampleFields,
): string {
  const members = new Map<string, string | undefined>();
  for (const [key, value] of Object.entries(fields)) {
    members.set(key, typeof value === 'bigint' ? String(value) : JSON.stringify(value));
  }
  for (const [key, source] of Object.entries(replaced)) members.set(key, source);
  const present = [...members].filter(([, source]) => source !== undefined);
  return `{${present.map(([key, source]) => `${JSON.stringify(key)}:${source}`).join(',')}}\n`;
}

/** A protobuf field of length-delimited bytes. */
export function bytesField(number: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(BigInt(number) * 8n + 2n), varint(BigInt(bytes.length)), bytes]);
}

/** A protobuf varint. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return Buffer.from(bytes);
  }
}

/** A state with the cluster's record and a few entities. */
export function snapshotOf(clusterId: string | Uint8Array = sampleFields.cluster_id): Buffer {
  const cluster = Buffer.concat([bytesField(1, clusterId), bytesField(2, 'PEM')]);
  return Buffer.concat([bytesField(1, cluster), bytesField(3, bytesField(1, 'web')), bytesField(9, 'a token')]);
}

/** The entry meta.json with another header. */
export function metadataAs(fields: TarHeaderFields): Buffer {
  return tarEntry({ name: 'meta.json', ...fields }, metadataJson());
}

/** The entry snapshot.bin with another header or content. */
export function snapshotAs(fields: TarHeaderFields, content: Uint8Array = snapshotOf()): Buffer {
  return tarEntry({ name: 'snapshot.bin', ...fields }, content);
}

/** The two entries of a good archive. */
export const metadataBlocks = metadataAs({});
export const snapshotBlocks = snapshotAs({});

/** A good archive of a few hundred bytes. */
export const sampleArchive = archiveOf(metadataBlocks, snapshotBlocks);

/** A good archive except for its meta.json. */
export function archiveWithMetadata(text: string | Uint8Array): Buffer {
  return archiveOf(tarEntry({ name: 'meta.json' }, text), snapshotBlocks);
}

/** A good archive except for its snapshot.bin. */
export function archiveWithSnapshot(bytes: Uint8Array): Buffer {
  return archiveOf(metadataBlocks, snapshotAs({}, bytes));
}
