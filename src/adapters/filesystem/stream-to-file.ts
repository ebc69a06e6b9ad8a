import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import type { FileSystem, OpenFile } from './file-system.js';

/** After how many written bytes an early sync starts. */
const earlySyncBytes = 32 * 1024 * 1024;

/**
 * Appends all of `pieces` to `file` and returns their size in bytes. Pulls the next piece while the one before is being
 * written; never more wait. Syncs most of a large file while writing goes on, so that the last sync, which the caller
 * makes, does not have to wait for all of it. Rethrows what `pieces` throws, once no operation uses the file any more.
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
    // The kernel reports an error only once: the last sync would not see it.
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
    // The caller closes the file next: no write or sync may still run.
    await Promise.allSettled([writing, syncing]);
    throw error;
  }
}

/**
 * Writes all of `pieces` into a new file of mode 0600, puts it on stable storage, and returns its size in bytes. The
 * caller makes its directory entry durable. Rethrows what `pieces` throws.
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
    // Syncs the content before any name refers to it.
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  return sizeBytes;
}
