import { extract as createExtract, type Extract, type Header } from 'tar-stream';
import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';
import { metadataSizeLimitBytes } from '../../domain/snapshot-metadata.js';
import { metadataEntry, snapshotEntry } from './archive-entries.js';
import type { ArchiveLimits } from './archive-limits.js';
import { archiveRejected } from './archive-rejected.js';
import { inflateGzipMember } from './gzip-member.js';
import { followTarStructure } from './tar-structure.js';

/** A piece of an archive, in the order in which it stands there. */
export type ArchivePart =
  | { readonly kind: 'metadata'; readonly bytes: Uint8Array }
  | { readonly kind: 'snapshot'; readonly bytes: Uint8Array };

/**
 * Takes an archive apart: gzip of a tar with exactly meta.json and snapshot.bin, in either order. The metadata comes
 * whole, the snapshot in pieces. The iteration ends only when the last byte has been read and found good.
 * @throws archive_rejected   the bytes are not that, or are damaged
 * @throws archive_too_large  the snapshot is larger than the limit
 */
export async function* readArchiveParts(
  archive: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncGenerator<ArchivePart, void, undefined> {
  const extract = createExtract();
  const feeding = feed(archive, extract, limits);
  // Its failure is met below, where the entries fail with the same error.
  feeding.catch(() => undefined);
  const seen = new Set<string>();
  try {
    for await (const entry of extract) {
      checkEntry(entry.header, seen);
      if (entry.header.name === metadataEntry) {
        yield { kind: 'metadata', bytes: await collect(entry as AsyncIterable<Uint8Array>) };
      } else {
        for await (const bytes of entry as AsyncIterable<Uint8Array>) yield { kind: 'snapshot', bytes };
      }
    }
    await feeding;
    for (const name of [metadataEntry, snapshotEntry]) {
      if (!seen.has(name)) throw archiveRejected(`${name} is missing`);
    }
  } catch (error) {
    throw fromTar(error);
  } finally {
    extract.destroy();
    await feeding.catch(() => undefined);
  }
}

function checkEntry(header: Header, seen: Set<string>): void {
  const { name, type, size } = header;
  if (name !== metadataEntry && name !== snapshotEntry) {
    throw archiveRejected(`it holds an entry "${printable(name, 80)}" that no backup has`);
  }
  if (type !== 'file') throw archiveRejected(`its entry ${name} is not a plain file`);
  if (seen.has(name)) throw archiveRejected(`it holds ${name} twice`);
  seen.add(name);
  if (name === metadataEntry && size > metadataSizeLimitBytes) {
    throw archiveRejected(`its ${name} claims ${size} bytes, more than the ${metadataSizeLimitBytes} that it may have`);
  }
}

async function collect(entry: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of entry) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function feed(archive: AsyncIterable<Uint8Array>, extract: Extract, limits: ArchiveLimits): Promise<void> {
  const structure = followTarStructure(limits);
  try {
    for await (const chunk of inflateGzipMember(archive)) {
      if (isDestroyed(extract)) return;
      structure.take(chunk);
      if (!extract.write(chunk)) await drained(extract);
    }
    if (isDestroyed(extract)) return;
    structure.end();
    extract.end(null);
  } catch (error) {
    extract.destroy(error as Error);
    throw error;
  }
}

function isDestroyed(extract: Extract): boolean {
  return extract.destroyed;
}

/** Waits until more may be written, or until that will never be. */
function drained(extract: Extract): Promise<void> {
  if (isDestroyed(extract)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      extract.off('drain', done);
      extract.off('close', done);
      resolve();
    };
    extract.on('drain', done);
    extract.on('close', done);
  });
}

/** tar-stream's own errors carry no code; every sentence of it is about a malformed tar. */
function fromTar(error: unknown): unknown {
  if (error instanceof JacoError || !(error instanceof Error) || 'code' in error) return error;
  if (error.message === 'Unexpected end of data') return archiveRejected('its tar is cut short', error);
  return archiveRejected('its tar is damaged', error);
}
