import type { Hash } from 'node:crypto';
import { isJacoError, JacoError } from '../../domain/errors.js';
import { giveParameter } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import type { ArchiveFileFacts } from '../../ports/archive-reader.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileStatus, FileSystem, OpenFile } from '../filesystem/file-system.js';
import { iterationOf } from './iteration.js';

/** The bytes that an archive is read from, as they are kept. */
export interface ArchiveInput {
  /** Reads from the beginning; more than once only where {@link ArchiveInput.rereadable} says so. */
  read(): AsyncIterable<Uint8Array>;
  readonly rereadable: boolean;
  /** What the last reading that came to the end saw. */
  facts(): InputFacts;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/** What is known of a file without knowing what is in it. */
export type InputFacts = Omit<ArchiveFileFacts, 'paddingBytes'>;

/** How much of a file is read at a time, in bytes. */
const readBytes = 512 * 1024;

/**
 * Opens a file. It is read through one descriptor, so that all readings see the same file whatever takes its name.
 * @throws archive_unreadable  it is not there, is no regular file, or may not be read
 */
export async function openFileInput(fileSystem: FileSystem, path: string, fingerprint: boolean): Promise<ArchiveInput> {
  const file = await openRegularFile(fileSystem, path);
  let open = true;
  return {
    ...watched(() => readFile(file, path), fingerprint),
    rereadable: true,
    async close() {
      if (!open) return;
      open = false;
      // Nothing was written through it: that it will not close must not hide how the restore went.
      await file.close().catch(() => undefined);
    },
  };
}

/** The input of a pipe, which can be read once; `path` names it. What it comes from is closed with it. */
export function openPipeInput(
  { bytes, close }: { readonly bytes: AsyncIterable<Uint8Array>; close(): void },
  path: string,
  fingerprint: boolean,
): ArchiveInput {
  return { ...watched(() => readPipe(bytes, path), fingerprint), rereadable: false, close: async () => close() };
}

type Pieces = AsyncGenerator<Uint8Array, void, undefined>;

/** Counts what passes, and takes its SHA-256 where that is asked for. */
function watched(open: () => Pieces, fingerprint: boolean): Pick<ArchiveInput, 'read' | 'facts'> {
  let facts: InputFacts | undefined;
  return {
    read() {
      const source = open();
      let hash: Hash | undefined;
      let sizeBytes = 0;
      return iterationOf(
        async () => {
          // Loaded only where it is asked for: it takes a twentieth of a small restore.
          if (fingerprint) hash ??= (await import('node:crypto')).createHash('sha256');
          const step = await source.next();
          if (step.done === true) {
            facts = { sizeBytes, sha256: hash?.digest('hex') };
          } else {
            hash?.update(step.value);
            sizeBytes += step.value.length;
          }
          return step;
        },
        () => source.return(),
      );
    },
    facts() {
      if (facts === undefined) throw new Error('the archive has not been read to its end');
      return facts;
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
  let status: FileStatus;
  try {
    status = await file.status();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw unreadable(path, error);
  }
  if (status.kind === 'file') return file;
  await file.close().catch(() => undefined);
  throw new JacoError(
    'archive_unreadable',
    `cannot read the archive ${printable(path, 4096)}: it is ${status.kind === 'directory' ? 'a directory' : 'not a regular file'}.`,
    { remedies: [giveParameter('archive')] },
  );
}

async function* readFile(file: OpenFile, path: string): Pieces {
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

async function* readPipe(stream: AsyncIterable<Uint8Array>, path: string): Pieces {
  try {
    yield* stream;
  } catch (error) {
    // What the giver of the stream says in the domain's own words, such as that it was told to stop, is no failure to read.
    if (isJacoError(error)) throw error;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const translated = storageError(error, `read the archive ${path}`);
  if (!(translated instanceof JacoError)) return error;
  return new JacoError('archive_unreadable', translated.message, {
    remedies:
      translated.code === 'permission_denied'
        ? [{ kind: 'run-as', users: ['root', 'reader-of-file'] }]
        : translated.remedies,
    details: translated.details,
    cause: error,
  });
}
