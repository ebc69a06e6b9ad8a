import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import type { SnapshotMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import { collect } from './byte-streams.js';
import { metadataJson } from './snapshot-metadata.js';

/** One entry of a tar: a plain file unless `header` says otherwise. */
export interface TarEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly header?: Partial<Header>;
}

/** The entry that tells what the snapshot is; metadata that are given as text are kept as they are. */
export const metadataEntry = (metadata: SnapshotMetadata | Uint8Array): TarEntry => ({
  name: 'meta.json',
  content: metadata instanceof Uint8Array ? metadata : metadataJson(metadata),
});

/** The entry with the state. */
export const snapshotEntry = (snapshot: string | Uint8Array): TarEntry => ({ name: 'snapshot.bin', content: snapshot });

/** An archive as a daemon writes it. */
export function tarGzipArchive(metadata: SnapshotMetadata | Uint8Array, snapshot: Uint8Array): Promise<Uint8Array> {
  return tarGzip(metadataEntry(metadata), snapshotEntry(snapshot));
}

/** The entries as a tar, compressed. */
export async function tarGzip(...entries: readonly TarEntry[]): Promise<Uint8Array> {
  return gzipSync(await tar(...entries));
}

/** The entries as a tar, with its two empty blocks at the end. */
export function tar(...entries: readonly TarEntry[]): Promise<Uint8Array> {
  const packing = pack();
  for (const { name, content, header } of entries) packing.entry({ name, ...header }, Buffer.from(content));
  packing.finalize();
  return collect(packing as AsyncIterable<Uint8Array>);
}
