import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { stringify } from 'lossless-json';
import { pack as createPack, type Pack } from 'tar-stream';
import type { PlainMetadata } from '../../domain/archive/snapshot-metadata.js';

/** As much as the daemon sends at a time (wire facts, section 1), in bytes. */
const compressedChunkBytes = 64 * 1024;

/**
 * The bytes of a backup archive as a daemon sends them (wire facts, section 2): gzip of a tar with meta.json and
 * snapshot.bin, made while they are pulled. What `snapshot` throws is thrown on.
 */
export async function* writeBackupArchive(
  metadata: PlainMetadata,
  snapshot: AsyncIterable<Uint8Array>,
  snapshotSizeBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pack = createPack();
  const compressed = new PassThrough();
  const working = Promise.all([
    fill(pack, metadata, snapshot, snapshotSizeBytes),
    pipeline(Readable.from(pack, { objectMode: false }), createGzip({ chunkSize: compressedChunkBytes }), compressed),
  ]).catch((error: Error) => {
    pack.destroy(error);
    compressed.destroy(error);
  });
  try {
    for await (const chunk of compressed as AsyncIterable<Buffer>) yield chunk;
  } finally {
    compressed.destroy();
    await working;
  }
}

async function fill(
  pack: Pack,
  metadata: PlainMetadata,
  snapshot: AsyncIterable<Uint8Array>,
  snapshotSizeBytes: number,
): Promise<void> {
  const mtime = new Date(metadata.takenAt);
  pack.entry({ name: 'meta.json', mode: 0o600, mtime }, metadataDocument(metadata));
  const entry = pack.entry({ name: 'snapshot.bin', mode: 0o600, mtime, size: snapshotSizeBytes });
  await pipeline(snapshot, entry);
  pack.finalize();
}

function metadataDocument(metadata: PlainMetadata): string {
  const fields = {
    schema_version: metadata.schemaVersion,
    cluster_id: metadata.clusterId,
    snapshot_index: metadata.snapshotIndex,
    snapshot_term: metadata.snapshotTerm,
    jaco_version: metadata.jacoVersion,
    taken_at: metadata.takenAt,
    leader_at_snapshot: metadata.leaderAtSnapshot ?? '',
  };
  return `${stringify(fields, undefined, 2)}\n`;
}
