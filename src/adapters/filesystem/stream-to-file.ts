import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import type { FileSystem, OpenFile } from './file-system.js';

/** After how many bytes the disk is set to work on what was written. */
const earlySyncBytes = 32 * 1024 * 1024;

/**
 * Writes all of `pieces` at the end of `file` and gives their size in bytes. The next piece is pulled while the one before
 * is being written; never more than that wait. Of a large file, most is synced on the way, beside the writing, so that
 * the last sync, which is the caller's, does not have to wait for all of it. What `pieces` throws is thrown on, once
 * nothing runs any more that needs the file.
 */
export async function streamToFile(
  pieces: AsyncIterable<Uint8Array>,
  file: Pick<OpenFile, 'write' | 'sync'>,
): Promise<number> {
  let sizeBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  let syncing: Promise<void> = Promise.resolve();
  let isSyncing = false;
  let syncedBytes = 0;

  async function syncEarly(): Promise<void> {
    // What it failed with, it has told once: the last sync would know nothing of it.
    await syncing;
    isSyncing = true;
    syncedBytes = sizeBytes;
    syncing = file.sync().finally(() => {
      isSyncing = false;
    });
    // Awaited before the next one and at the end; until then a failure must not count as unhandled.
    syncing.catch(() => undefined);
  }

  try {
    for await (const piece of pieces) {
      await writing;
      if (!isSyncing && sizeBytes - syncedBytes >= earlySyncBytes) await syncEarly();
      sizeBytes += piece.length;
      writing = file.write(piece);
      // Awaited before the next write.
      writing.catch(() => undefined);
    }
    await writing;
    await syncing;
    return sizeBytes;
  } catch (error) {
    // The file is closed next: not under a write or a sync that still runs.
    await Promise.allSettled([writing, syncing]);
    throw error;
  }
}

/**
 * Writes all of `pieces` into a new file of mode 0600, puts it on stable storage, and gives its size in bytes. The caller
 * makes its directory entry durable. What `pieces` throws is thrown on.
 */
export async function streamToNewFile(
  fileSystem: FileSystem,
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  owner: FileOwner | undefined,
): Promise<number> {
  const file = await fileSystem.createFile(path, 0o600);
  let sizeBytes: number;
  try {
    if (owner !== undefined) await file.changeOwner(owner);
    sizeBytes = await streamToFile(pieces, file);
    // The content, before anything refers to it.
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  return sizeBytes;
}
