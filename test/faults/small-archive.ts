import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { createStateKeyring } from '../../src/adapters/seal/state-keyring.js';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import {
  type PlainMetadata,
  type SealedMetadata,
  type SnapshotFacts,
  sealedSchema,
} from '../../src/domain/archive/snapshot-metadata.js';
import { collect, streamOf } from '../builders/byte-streams.js';
import { inSchema } from '../builders/snapshot-metadata.js';
import { seededRandom } from './crash-states.js';

/** A backup archive with what is in it. */
export interface SmallArchive {
  readonly bytes: Uint8Array;
  readonly metadata: PlainMetadata | SealedMetadata;
  /** What they say. */
  readonly facts: SnapshotFacts;
  /** The very bytes of meta.json. */
  readonly metadataBytes: Uint8Array;
  /** The state, in the clear. */
  readonly snapshot: Uint8Array;
  /** snapshot.bin: the state, or what it is sealed into. */
  readonly stored: Uint8Array;
  /** The cluster's CA; undefined if the archive holds no CA. */
  readonly authority: ClusterAuthority | undefined;
}

/**
 * An archive as a daemon sends it. Archive and snapshot are longer than three blocks of a disk, and end inside one.
 * Another `seed` gives another cluster's archive; `authority` is put into the state, and a state with a `ring` is sealed under it.
 */
export async function smallArchive(seed: number, authority?: ClusterAuthority, ring?: Keyring): Promise<SmallArchive> {
  const plain: PlainMetadata = {
    kind: 'plain',
    schemaVersion: 1,
    clusterId: `cluster-${seed}`,
    snapshotIndex: 1000n,
    snapshotTerm: 7n,
    jacoVersion: 'v0.3.9',
    takenAt: '2026-05-25T10:00:00Z',
    leaderAtSnapshot: '10.0.0.1:7001',
  };
  const state = encodeSnapshot(plain.clusterId, authority, noise(seed, 13_000));
  const metadata = ring === undefined ? plain : (inSchema({ schemaVersion: sealedSchema }, plain) as SealedMetadata);
  const metadataBytes = Buffer.from(encodeMetadata(metadata));
  const keyring = ring && createStateKeyring(ring);
  const stored = keyring ? await collect(keyring.sealSnapshot(streamOf(state), metadataBytes)) : state;
  const tar = pack();
  tar.entry({ name: 'meta.json' }, metadataBytes);
  tar.entry({ name: 'snapshot.bin' }, Buffer.from(stored));
  tar.finalize();
  const blocks: Uint8Array[] = [];
  for await (const block of tar as AsyncIterable<Uint8Array>) blocks.push(block);
  return {
    bytes: gzipSync(Buffer.concat(blocks)),
    metadata,
    facts: plain,
    metadataBytes,
    snapshot: state,
    stored,
    authority,
  };
}

/** FSMSnapshot with the cluster's record and one certificate blob that does not compress. */
function encodeSnapshot(clusterId: string, authority: ClusterAuthority | undefined, blob: Uint8Array): Uint8Array {
  const texts = [clusterId, ...(authority === undefined ? [] : [authority.certificate, authority.key])];
  const cluster = Buffer.concat(texts.map((text, position) => field(position + 1, Buffer.from(text))));
  return Buffer.concat([field(1, cluster), field(16, blob)]);
}

/** A length-delimited protobuf field. */
function field(number: number, value: Uint8Array): Uint8Array {
  const tag = (number << 3) | 2;
  return Buffer.concat([Uint8Array.from([...varint(tag), ...varint(value.length)]), value]);
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function encodeMetadata(metadata: PlainMetadata | SealedMetadata): string {
  return JSON.stringify({
    schema_version: metadata.schemaVersion,
    cluster_id: metadata.clusterId,
    snapshot_index: Number(metadata.snapshotIndex),
    snapshot_term: Number(metadata.snapshotTerm),
    jaco_version: metadata.jacoVersion,
    taken_at: metadata.takenAt,
    leader_at_snapshot: metadata.leaderAtSnapshot,
  });
}

function noise(seed: number, length: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}
