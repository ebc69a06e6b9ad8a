import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import type { FileSystem } from './file-system.js';
import { namingFailures } from './named-failures.js';
import { replaceFile } from './replace-file.js';

/**
 * Puts a page at `path`, whole and durably, readable by everyone. It may replace an empty file or an earlier page, which
 * begins with `beginning`, as the new one does.
 * @throws request_invalid  something else is there, which stays
 * @throws permission_denied, storage_failed
 */
export async function writePage(fileSystem: FileSystem, path: string, page: string, beginning: string): Promise<void> {
  const files = namingFailures(fileSystem);
  const status = await files.status(path);
  if (status !== undefined && !(status.kind === 'file' && (await isPage(files, path, beginning)))) {
    throw new JacoError(
      'request_invalid',
      `cannot write the page to ${printable(path, 4096)}: something else is there.`,
      {
        remedies: [advice('Name a new file, or one in which an earlier page is.')],
      },
    );
  }
  await replaceFile(files, path, Buffer.from(page), undefined, 0o644);
}

async function isPage(files: FileSystem, path: string, beginning: string): Promise<boolean> {
  const file = await files.openFile(path);
  try {
    const buffer = Buffer.alloc(Buffer.byteLength(beginning));
    const length = await file.read(buffer, 0);
    return length === 0 || buffer.equals(Buffer.from(beginning));
  } finally {
    await file.close();
  }
}
