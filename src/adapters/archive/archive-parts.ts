import { metadataSizeLimitBytes } from '../../domain/archive/snapshot-metadata.js';
import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/values/printable-text.js';
import type { ArchiveLimits } from './archive-limits.js';
import { archiveRejected } from './archive-rejected.js';
import { inflateGzipMember, type PaddingListener } from './gzip-member.js';
import type { TarHeader } from './tar-header.js';
import { readTar, type TarListener } from './tar-reader.js';

/** The names of the two entries of an archive. */
const metadataEntry = 'meta.json';
const snapshotEntry = 'snapshot.bin';

/** A plain file, as new and old tar formats mark it. */
const plainFileTypes = ['0', '\0'];

/** A piece of an archive, in the archive's order. */
export type ArchivePart =
  | { readonly kind: 'metadata'; readonly bytes: Uint8Array }
  /** The snapshot follows. */
  | { readonly kind: 'snapshot-begins'; readonly sizeBytes: number }
  | { readonly kind: 'snapshot'; readonly bytes: Uint8Array };

/**
 * Takes an archive apart: gzip of a tar with exactly meta.json and snapshot.bin, in either order. Yields the metadata
 * as a whole, the snapshot in pieces. The iteration ends only when the archive is read and verified to its last byte.
 * Refuses zeros after the archive, unless there is a `padding` listener.
 * @throws archive_rejected   the bytes are not that, or are damaged
 * @throws archive_too_large  the snapshot is larger than the limit
 */
export async function* readArchiveParts(
  archive: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  padding?: PaddingListener,
): AsyncGenerator<ArchivePart, void, undefined> {
  const found = collectParts(limits);
  const tar = readTar(found.listener);
  let begun = false;
  for await (const bytes of inflateGzipMember(archive, padding)) {
    if (!begun) refuseWrapped(bytes);
    begun = true;
    tar.take(bytes);
    yield* found.take();
  }
  tar.end();
  for (const name of [metadataEntry, snapshotEntry]) {
    if (!found.seen.has(name)) throw archiveRejected(`${name} is missing`);
  }
}

/**
 * The content of the gzip may be wrapped once more; without this check the error would only say that the tar is
 * damaged.
 */
function refuseWrapped(start: Uint8Array): void {
  const text = Buffer.from(start.subarray(0, 32)).toString('latin1');
  if (text.startsWith('\x1f\x8b')) throw archiveRejected('it is compressed twice: undo one with gzip -d');
  if (/^(?:age-encryption\.org|-----BEGIN AGE)/.test(text)) {
    throw archiveRejected('it was compressed after it had been encrypted: undo that with gzip -d');
  }
}

/** Collects parts while the tar is read; the caller takes those that have come since its last call. */
function collectParts(limits: ArchiveLimits) {
  const seen = new Set<string>();
  let parts: ArchivePart[] = [];
  let metadata: Uint8Array[] = [];
  let inMetadata = false;

  const listener: TarListener = {
    entry(header) {
      checkEntry(header, seen, limits);
      seen.add(header.name);
      inMetadata = header.name === metadataEntry;
      if (!inMetadata) parts.push({ kind: 'snapshot-begins', sizeBytes: header.sizeBytes });
    },
    content(piece, last) {
      if (!inMetadata) {
        if (piece.length > 0) parts.push({ kind: 'snapshot', bytes: piece });
        return;
      }
      metadata.push(piece);
      if (last) parts.push({ kind: 'metadata', bytes: Buffer.concat(metadata) });
      if (last) metadata = [];
    },
  };

  return {
    listener,
    seen,
    take(): readonly ArchivePart[] {
      const taken = parts;
      parts = [];
      return taken;
    },
  };
}

function checkEntry({ name, type, sizeBytes }: TarHeader, seen: ReadonlySet<string>, limits: ArchiveLimits): void {
  if (name !== metadataEntry && name !== snapshotEntry) {
    throw archiveRejected(`it holds an entry "${printable(name, 80)}" that no backup has`);
  }
  if (!plainFileTypes.includes(type)) throw archiveRejected(`its entry ${name} is not a plain file`);
  if (seen.has(name)) throw archiveRejected(`it holds ${name} twice`);
  if (name === metadataEntry && sizeBytes > metadataSizeLimitBytes) {
    throw archiveRejected(
      `its ${name} claims ${sizeBytes} bytes, more than the ${metadataSizeLimitBytes} that it may have`,
    );
  }
  if (name === snapshotEntry && sizeBytes > limits.snapshotBytes) {
    throw new JacoError(
      'archive_too_large',
      `the archive's ${name} has ${sizeBytes} bytes, more than the limit of ${limits.snapshotBytes}.`,
      { remedies: [{ kind: 'raise-limit', parameter: 'maxSnapshotSize' }] },
    );
  }
}
