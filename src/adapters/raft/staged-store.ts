import { JacoError, type LeftBehind, leavingBehind, leftBehindBy, stopIfInterrupted } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import type { Undertaking } from '../../domain/restore/undertaking.js';
import { dataDirectoryNames } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { StagedRaftStore } from '../../ports/raft-store-initializer.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { type StagedDirectory, type StagingPlace, stageDirectory } from '../filesystem/staged-directory.js';
import { createDataDirectory, lockDataDirectory, removeEmptyDirectories } from './data-directory.js';

/** Where a store goes. */
export interface StorePlace {
  readonly dataDirectory: string;
  readonly owner: FileOwner | undefined;
  /** Where the store goes that stands there; without, none may. */
  readonly keptAs?: string | undefined;
  /** For what the store is made. */
  readonly undertaking: Undertaking;
}

/**
 * Lets `build` make a raft store in `raft.restoring` inside the data directory; one rename makes it `raft`. The lock
 * belongs to the data directory (its device and inode), not to the path. `build` gets the staging directory, makes
 * everything in it durable, and returns the size of the state; after any failure the directory is gone, or the error
 * names it as left behind. `files` names its failures.
 * @throws in_progress, raft_store_exists, permission_denied, storage_failed
 */
export async function stageStore(
  files: FileSystem,
  acquireLock: AcquireLock,
  place: StorePlace,
  build: (staging: string) => Promise<number>,
  signal: AbortSignal,
): Promise<StagedRaftStore> {
  stopIfInterrupted(signal);
  const { dataDirectory, owner, undertaking } = place;
  const created = await createDataDirectory(files, dataDirectory, owner);
  const lock = await lockDataDirectory(files, dataDirectory, created, acquireLock, undertaking);
  // The lock's socket is in the data directory, which must not be treated as empty before.
  const letGo = async () => [...(await lock.release()), ...(await removeEmptyDirectories(files, created))];
  let staged: StagedDirectory;
  try {
    // Another restore may have come and gone before this one got the lock: its marker and identity would be lost
    // if this one only found out at the commit.
    staged = await stageDirectory(files, stagedRaftDirectory(place));
  } catch (error) {
    throw leavingBehind(error, [...leftBehindBy(error), ...(await letGo())]);
  }
  try {
    return stagedStore(staged, await build(staged.path), lock, letGo);
  } catch (error) {
    throw leavingBehind(error, [...(await staged.discard()), ...(await letGo())]);
  }
}

function stagedRaftDirectory({ dataDirectory, owner, keptAs, undertaking }: StorePlace): StagingPlace {
  return {
    parent: dataDirectory,
    finalName: dataDirectoryNames.raft,
    stagedName: dataDirectoryNames.stagedRaft,
    owner,
    secret: true,
    keptAs,
    occupied: (path, cause) => storeExists(undertaking, path, cause),
  };
}

function stagedStore(
  staged: StagedDirectory,
  snapshotSizeBytes: number,
  lock: ExclusiveLock,
  letGo: () => Promise<readonly LeftBehind[]>,
): StagedRaftStore {
  let ended = false;
  return {
    snapshotSizeBytes,
    async commit() {
      const outcome = await staged.commit();
      ended = true;
      // A lock that cannot be removed locks nothing once this process has ended, and the next run removes it.
      await lock.release();
      return outcome;
    },
    async discard() {
      if (ended) return [];
      ended = true;
      return [...(await staged.discard()), ...(await letGo())];
    },
  };
}

function storeExists({ participle }: Undertaking, path: string, cause?: unknown): JacoError {
  return new JacoError(
    'raft_store_exists',
    `cannot put the ${participle} store into place: ${printable(path, 4096)} exists.`,
    {
      remedies: [{ kind: 'use-fresh-data-directory' }, advice('Move the old one away.')],
      details: { path },
      cause,
    },
  );
}
