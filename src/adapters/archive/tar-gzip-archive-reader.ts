import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { ArchiveReader, OpenedArchive } from '../../ports/archive-reader.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { type ArchiveInput, openFileInput, openPipeInput } from './archive-input.js';
import type { ArchiveLimits } from './archive-limits.js';
import { parseArchiveMetadata } from './archive-metadata.js';
import { type ArchivePart, readArchiveParts } from './archive-parts.js';
import { archiveRejected } from './archive-rejected.js';
import { iterationOf } from './iteration.js';

/** Undoes what lies around an archive, while its bytes pass. */
export type Unwrap = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** What a reader of archives may be given beside the file system. */
export interface ArchiveReaderExtras {
  /** What is read for the path `-`. */
  readonly standardInput?: AsyncIterable<Uint8Array>;
  /** Opens a path that is that of a pipe, and gives undefined for any other. Without it such paths are refused. */
  readonly openPipe?: (path: string) => Promise<PipedArchive | undefined>;
  /** Decrypts archives that are encrypted, and refuses or passes on others as it sees fit. */
  readonly unwrap?: Unwrap;
}

/** An archive that comes through a pipe, to be read once. */
export interface PipedArchive {
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): void;
}

/** The path that stands for standard input. */
const standardInputPath = '-';

/**
 * Reads archives from files, or from a pipe. With meta.json in front, as daemons write it, one reading does. With the
 * snapshot in front a file is read twice: once for the metadata, and once more for the snapshot, when the metadata
 * must still be the same.
 */
export function createTarGzipArchiveReader(
  fileSystem: FileSystem,
  limits: ArchiveLimits,
  { standardInput, openPipe, unwrap = (bytes) => bytes }: ArchiveReaderExtras = {},
): ArchiveReader {
  return {
    async open(path, { fingerprint = false } = {}) {
      const pipe =
        path === standardInputPath && standardInput !== undefined
          ? { bytes: standardInput, close: () => undefined }
          : await openPipe?.(path);
      const input =
        pipe === undefined
          ? await openFileInput(fileSystem, path, fingerprint)
          : openPipeInput(pipe, path, fingerprint);
      let paddingBytes = 0;
      const listen = (bytes: number) => {
        paddingBytes = bytes;
      };
      const read = () => readArchiveParts(unwrap(input.read()), limits, listen);
      const parts = read();
      try {
        const opened = await openParts(input, parts, read);
        return { ...opened, file: () => ({ ...input.facts(), paddingBytes }) };
      } catch (error) {
        await parts.return();
        await input.close();
        throw error;
      }
    },
  };
}

type Parts = ReturnType<typeof readArchiveParts>;

async function openParts(
  input: ArchiveInput,
  parts: Parts,
  readAgain: () => Parts,
): Promise<Omit<OpenedArchive, 'file'>> {
  const first = await nextPart(parts);
  const metadataBytes = first.kind === 'metadata' ? first.bytes : await skipToMetadata(parts, input.rereadable);
  const pieces = first.kind === 'metadata' ? parts : readAgain();
  return {
    metadata: parseArchiveMetadata(metadataBytes),
    metadataBytes,
    snapshot: streamSnapshot(pieces, metadataBytes),
    async close() {
      await pieces.return();
      await input.close();
    },
  };
}

async function nextPart(parts: Parts): Promise<ArchivePart> {
  const { value, done } = await parts.next();
  if (done === true) throw new Error('an archive without entries was not refused');
  return value;
}

/** The snapshot came first: all of it has to pass before the metadata is known. */
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
        const { kind, bytes } = step.value;
        if (kind === 'snapshot') return { value: bytes, done: false };
        if (Buffer.compare(bytes, metadataBytes) !== 0) throw archiveRejected('it changed while it was read');
      }
    },
    () => parts.return(),
  );
}
