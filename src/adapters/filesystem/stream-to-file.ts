import type { OpenFile } from './file-system.js';

/**
 * Writes all of `pieces` at the end of `file`, unsynced, and gives their size in bytes. The next piece is pulled while the
 * one before is being written; never more than that wait. What `pieces` throws is thrown on, once no write runs any more.
 */
export async function streamToFile(pieces: AsyncIterable<Uint8Array>, file: Pick<OpenFile, 'write'>): Promise<number> {
  let sizeBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const piece of pieces) {
      await writing;
      sizeBytes += piece.length;
      writing = file.write(piece);
      // Awaited before the next write; until then a failure must not count as unhandled.
      writing.catch(() => undefined);
    }
    await writing;
    return sizeBytes;
  } catch (error) {
    // The file is closed next: not under a write that still runs.
    await writing.catch(() => undefined);
    throw error;
  }
}
