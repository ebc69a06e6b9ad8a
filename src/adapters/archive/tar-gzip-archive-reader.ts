import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';
import type { ArchiveReader, OpenedArchive } from '../../ports/archive-reader.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileSystem, OpenFile } from '../filesystem/file-system.js';
import type { ArchiveLimits } from './archive-limits.js';
import { parseArchiveMetadata } from './archive-metadata.js';
import { readArchiveParts } from './archive-parts.js';
import { archiveRejected } from './archive-rejected.js';

/** How much of the file is read at a time, in bytes. */
const readBytes = 256 * 1024;

/**
 * Reads archives from files. The file is read twice through one descriptor: up to meta.json, wherever it stands, and
 * then as a whole for the snapshot, when the metadata must still be the same. With meta.json in front, as daemons
 * write it, the first reading ends after a few hundred bytes.
 */
export function createTarGzipArchiveReader(fileSystem: FileSystem, limits: ArchiveLimits): ArchiveReader {
  return {
    async open(path) {
      const file = await openRegularFile(fileSystem, path);
      let open = true;
      const close = async () => {
        if (open) await file.close();
        open = false;
      };
      try {
        const metadataBytes = await findMetadata(readArchiveParts(readFile(file, path), limits));
        return {
          metadata: parseArchiveMetadata(metadataBytes),
          snapshot: streamSnapshot(file, path, metadataBytes, limits),
          close,
        } satisfies OpenedArchive;
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

async function openRegularFile(fileSystem: FileSystem, path: string): Promise<OpenFile> {
  let file: OpenFile;
  try {
    file = await fileSystem.openFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  const status = await file.status();
  if (status.kind === 'file') return file;
  await file.close();
  throw new JacoError(
    'archive_unreadable',
    `cannot read the archive ${printable(path, 4096)}: it is ${status.kind === 'directory' ? 'a directory' : 'not a regular file'}.`,
    { nextStep: 'Give the path of a backup file.' },
  );
}

async function* readFile(file: OpenFile, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (let position = 0; ; ) {
    const buffer = new Uint8Array(readBytes);
    let count: number;
    try {
      count = await file.read(buffer, position);
    } catch (error) {
      throw unreadable(path, error);
    }
    if (count === 0) return;
    position += count;
    yield buffer.subarray(0, count);
  }
}

async function findMetadata(parts: ReturnType<typeof readArchiveParts>): Promise<Uint8Array> {
  for await (const part of parts) {
    if (part.kind === 'metadata') return part.bytes;
  }
  throw archiveRejected('meta.json is missing');
}

async function* streamSnapshot(
  file: OpenFile,
  path: string,
  metadataBytes: Uint8Array,
  limits: ArchiveLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of readArchiveParts(readFile(file, path), limits)) {
    if (part.kind === 'snapshot') yield part.bytes;
    else if (Buffer.compare(part.bytes, metadataBytes) !== 0) throw archiveRejected('it changed while it was read');
  }
}

function unreadable(path: string, error: unknown): unknown {
  const translated = storageError(error, `read the archive ${path}`);
  if (!(translated instanceof JacoError)) return error;
  return new JacoError('archive_unreadable', translated.message, {
    nextStep:
      translated.code === 'permission_denied'
        ? 'Run it with sudo, or as a user who may read the file.'
        : (translated.nextStep ?? 'Check the path.'),
    details: translated.details,
    cause: error,
  });
}
