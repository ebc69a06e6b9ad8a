import { JacoError, stopIfInterrupted } from '../../src/domain/errors.js';
import type { ArchiveWriter } from '../../src/ports/archive-writer.js';
import type { InMemoryFile } from './in-memory-archive.js';

/** An {@link ArchiveWriter} without a disk, and what stands on it. */
export interface InMemoryArchiveWriter extends ArchiveWriter {
  /** Files by path. */
  readonly files: Map<string, InMemoryFile>;
  /** Paths at which no file can be put. */
  readonly directories: Set<string>;
  /** How many bytes of an archive the disk has room for. */
  freeBytes: number;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryArchiveWriter(files = new Map<string, InMemoryFile>()): InMemoryArchiveWriter {
  const writing = new Set<string>();
  const writer: InMemoryArchiveWriter = {
    files,
    directories: new Set(),
    freeBytes: Number.POSITIVE_INFINITY,
    async write(destination, archive, signal) {
      stopIfInterrupted(signal);
      if (writer.directories.has(destination)) throw new JacoError('request_invalid', `${destination} is a directory.`);
      if (writing.has(destination)) throw new JacoError('in_progress', `another backup is writing ${destination}.`);
      writing.add(destination);
      try {
        const bytes = await store(archive, signal, () => writer.freeBytes);
        files.set(destination, { bytes, mode: 0o600 });
        return { path: destination, sizeBytes: bytes.length };
      } finally {
        writing.delete(destination);
      }
    },
  };
  return writer;
}

async function store(
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  freeBytes: () => number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of archive) {
    stopIfInterrupted(signal);
    sizeBytes += chunk.length;
    if (sizeBytes > freeBytes()) throw new JacoError('storage_failed', 'no space left on the device.');
    chunks.push(chunk);
  }
  stopIfInterrupted(signal);
  return Buffer.concat(chunks);
}
