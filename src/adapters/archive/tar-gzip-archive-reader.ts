import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { ArchiveReader, OpenedArchive } from '../../ports/archive-reader.js';
import type { OpenedBackup } from '../../ports/backup-store.js';
import { iterationOf } from '../host/iteration.js';
import type { ArchiveLimits } from './archive-limits.js';
import { parseArchiveMetadata } from './archive-metadata.js';
import { type ArchivePart, readArchiveParts } from './archive-parts.js';
import { archiveRejected } from './archive-rejected.js';

/**
 * Reads archives. If meta.json comes first, as daemons write it, it reads the bytes once. If the snapshot comes first,
 * it reads them twice, if possible: once for the metadata, and once for the snapshot, when the metadata must still be
 * the same.
 */
export function createTarGzipArchiveReader(limits: ArchiveLimits): ArchiveReader {
  return {
    async open(backup) {
      let paddingBytes = 0;
      const listen = (bytes: number) => {
        paddingBytes = bytes;
      };
      const read = () => readArchiveParts(backup.read(), limits, listen);
      const parts = read();
      try {
        const opened = await openParts(backup, parts, read);
        return { ...opened, file: () => ({ ...backup.facts(), paddingBytes }) };
      } catch (error) {
        await parts.return();
        await backup.close();
        throw error;
      }
    },
  };
}

type Parts = ReturnType<typeof readArchiveParts>;

async function openParts(
  backup: OpenedBackup,
  parts: Parts,
  readAgain: () => Parts,
): Promise<Omit<OpenedArchive, 'file'>> {
  const { metadata, metadataBytes, snapshotSizeBytes, pieces } = await readHeads(backup, parts, readAgain);
  return {
    metadata,
    metadataBytes,
    snapshotSizeBytes,
    snapshot: streamSnapshot(pieces, metadataBytes),
    async close() {
      await pieces.return();
      await backup.close();
    },
  };
}

/** What comes before the snapshot's bytes, and the parts in which those come. */
async function readHeads(backup: OpenedBackup, parts: Parts, readAgain: () => Parts) {
  const first = await nextPart(parts);
  if (first.kind !== 'metadata') {
    const metadataBytes = await skipToMetadata(parts, backup.rereadable);
    const metadata = parseArchiveMetadata(metadataBytes);
    return { metadata, metadataBytes, snapshotSizeBytes: announcedSize(first), pieces: readAgain() };
  }
  // What is wrong with it is told before what is wrong behind it, as the verification of a backup does.
  const metadata = parseArchiveMetadata(first.bytes);
  const snapshotSizeBytes = announcedSize(await nextPart(parts));
  return { metadata, metadataBytes: first.bytes, snapshotSizeBytes, pieces: parts };
}

/** An archive without a snapshot is refused when it ends. */
function announcedSize(part: ArchivePart): number {
  if (part.kind !== 'snapshot-begins') throw new Error(`${part.kind} stands where a snapshot begins`);
  return part.sizeBytes;
}

async function nextPart(parts: Parts): Promise<ArchivePart> {
  const { value, done } = await parts.next();
  if (done === true) throw new Error('an archive without entries was not refused');
  return value;
}

/** The snapshot came first: all of it must be read before the metadata. */
async function skipToMetadata(parts: Parts, rereadable: boolean): Promise<Uint8Array> {
  if (!rereadable) {
    throw new JacoError(
      'archive_rejected',
      'the archive holds its snapshot before its metadata, and from a pipe it can be read only once.',
      { remedies: [advice('Save it to a file and give the path of that.')] },
    );
  }
  for await (const part of parts) {
    if (part.kind === 'metadata') return part.bytes;
  }
  throw archiveRejected('meta.json is missing');
}

function streamSnapshot(parts: Parts, metadataBytes: Uint8Array): AsyncIterable<Uint8Array> {
  return iterationOf(
    async () => {
      for (;;) {
        const step = await parts.next();
        if (step.done === true) return step;
        const part = step.value;
        if (part.kind === 'snapshot') return { value: part.bytes, done: false };
        if (part.kind === 'metadata' && Buffer.compare(part.bytes, metadataBytes) !== 0) {
          throw archiveRejected('it changed while it was read');
        }
      }
    },
    () => parts.return(),
  );
}
