import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { stringify } from 'lossless-json';
import { pack as createPack, type Pack } from 'tar-stream';
import type { SnapshotFacts } from '../../domain/archive/snapshot-metadata.js';
import type { ArchiveComposer, ArchiveParts } from '../../ports/archive-composer.js';
import { releasePieces } from '../host/spent-pieces.js';

/** How many bytes the daemon sends at a time (wire facts, section 1). */
const compressedChunkBytes = 64 * 1024;

/** What each byte of a sealed state, which does not compress, leaves: itself, and one in each of two layers. */
const spentByEachByte = 3;

/** The bytes of an archive as a daemon sends them (wire facts, section 2): gzip of a tar with meta.json and snapshot.bin. */
export async function* composeArchive({
  metadata,
  snapshot,
  snapshotSizeBytes,
  madeAtMs,
}: ArchiveParts): AsyncGenerator<Uint8Array, void, undefined> {
  const pack = createPack();
  const compressed = new PassThrough();
  const working = Promise.all([
    fill(pack, { metadata, snapshot, snapshotSizeBytes, madeAtMs }),
    pipeline(Readable.from(pack, { objectMode: false }), createGzip({ chunkSize: compressedChunkBytes }), compressed),
  ]).catch((error: Error) => {
    pack.destroy(error);
    compressed.destroy(error);
  });
  try {
    for await (const chunk of compressed as AsyncIterable<Buffer>) {
      releasePieces(spentByEachByte * chunk.length);
      yield chunk;
    }
  } finally {
    compressed.destroy();
    await working;
  }
}

async function fill(pack: Pack, { metadata, snapshot, snapshotSizeBytes, madeAtMs }: ArchiveParts): Promise<void> {
  const mtime = new Date(madeAtMs);
  pack.entry({ name: 'meta.json', mode: 0o600, mtime }, Buffer.from(metadata));
  const entry = pack.entry({ name: 'snapshot.bin', mode: 0o600, mtime, size: snapshotSizeBytes });
  await pipeline(snapshot, entry);
  pack.finalize();
}

/** Composes gzip and tar. */
export const tarGzipArchiveComposer: ArchiveComposer = { encodeMetadata, compose: composeArchive };

/** meta.json as a daemon writes it. */
export function encodeMetadata(schemaVersion: number, facts: SnapshotFacts): Uint8Array {
  const fields = {
    schema_version: schemaVersion,
    cluster_id: facts.clusterId,
    snapshot_index: facts.snapshotIndex,
    snapshot_term: facts.snapshotTerm,
    jaco_version: facts.jacoVersion,
    taken_at: facts.takenAt,
    leader_at_snapshot: facts.leaderAtSnapshot ?? '',
  };
  return Buffer.from(`${stringify(fields, undefined, 2)}\n`);
}
