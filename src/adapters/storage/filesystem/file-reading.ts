import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { giveParameter } from '../../../domain/remedy.js';
import { printable } from '../../../domain/values/printable-text.js';
import type { OpenedBackup, OpenOptions } from '../../../ports/backup-store.js';
import type { FileStatus, FileSystem, OpenFile } from '../../filesystem/file-system.js';
import { measuredReading, type Pieces } from '../measured-reading.js';
import { readingFailure } from '../reading-failure.js';

/** How much of a file is read at a time, in bytes. */
const readBytes = 512 * 1024;

/**
 * Opens a file. All reads use one descriptor, so that they see the same file even if its name is reused.
 * @throws archive_unreadable  it is missing, is not a regular file, or may not be read
 */
export async function openBackupFile(
  fileSystem: FileSystem,
  path: string,
  signal: AbortSignal,
  { fingerprint = false, followsLinks = true }: OpenOptions,
): Promise<OpenedBackup> {
  const file = await openRegularFile(fileSystem, path, followsLinks ? 'followed' : 'refused');
  let open = true;
  return {
    ...measuredReading(() => readFile(file, path, signal), fingerprint),
    rereadable: true,
    async close() {
      if (!open) return;
      open = false;
      // Nothing was written through it: a failure to close must not hide the result of the restore.
      await file.close().catch(() => undefined);
    },
  };
}

async function openRegularFile(fileSystem: FileSystem, path: string, links: 'followed' | 'refused'): Promise<OpenFile> {
  let file: OpenFile;
  try {
    file = await fileSystem.openFile(path, links);
  } catch (error) {
    throw readingFailure(path, error);
  }
  let status: FileStatus;
  try {
    status = await file.status();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw readingFailure(path, error);
  }
  if (status.kind === 'file') return file;
  await file.close().catch(() => undefined);
  throw new JacoError(
    'archive_unreadable',
    `cannot read the archive ${printable(path, 4096)}: it is ${status.kind === 'directory' ? 'a directory' : 'not a regular file'}.`,
    { remedies: [giveParameter('archive')] },
  );
}

async function* readFile(file: OpenFile, path: string, signal: AbortSignal): Pieces {
  for (let position = 0; ; ) {
    stopIfInterrupted(signal);
    const buffer = new Uint8Array(readBytes);
    let count: number;
    try {
      count = await file.read(buffer, position);
    } catch (error) {
      throw readingFailure(path, error);
    }
    if (count === 0) return;
    position += count;
    yield buffer.subarray(0, count);
  }
}
