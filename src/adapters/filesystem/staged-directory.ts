import { isJacoError, type LeftBehind, leavingBehind, leftBehindBy } from '../../domain/errors.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import type { CommitOutcome } from '../../ports/raft-store-initializer.js';
import { clearAway } from './clearing.js';
import { createOwnedDirectory, removeTree } from './file-operations.js';
import type { FileSystem } from './file-system.js';

/** A directory that is built next to its final place and moved there as a whole. One of its methods ends it. */
export interface StagedDirectory {
  /** Where it is built. The caller makes everything in it durable before the commit. */
  readonly path: string;
  /**
   * Moves it to its final place with one rename, durably; `in-doubt` if it was moved, but the move could be neither
   * made durable nor undone. If it throws, nothing has moved; empty directories in its place may be gone.
   * @throws the caller's error  something stands in the final place
   * @throws permission_denied, storage_failed
   */
  commit(): Promise<CommitOutcome>;
  /** Removes it, and returns what is left of it. Never fails. Does nothing after a commit. */
  discard(): Promise<readonly LeftBehind[]>;
}

/** Where a directory is staged, and for what. */
export interface StagingPlace {
  /** The directory that holds both names; its entries are synced. */
  readonly parent: string;
  readonly finalName: string;
  readonly stagedName: string;
  readonly owner: FileOwner | undefined;
  /** Whether its files hold secrets. */
  readonly secret: boolean;
  /** Where what stands in the final place goes with the commit, as a path in `parent`; undefined where nothing may. */
  readonly keptAs?: string | undefined;
  /** The error for what stands at `path`, in the final place, where only empty directories may. */
  readonly occupied: (path: string, cause?: unknown) => Error;
}

/**
 * Creates the directory under its staged name (mode 0700), replacing what a killed run left there. After a failure it
 * is gone, or the error names it as left behind. `files` names its failures.
 * @throws the caller's error  something is already in the final place
 * @throws permission_denied, storage_failed
 */
export async function stageDirectory(files: FileSystem, place: StagingPlace): Promise<StagedDirectory> {
  const { parent, owner, secret } = place;
  const [path, target] = [`${parent}/${place.stagedName}`, `${parent}/${place.finalName}`];
  if (place.keptAs === undefined) await directoriesBelow(files, target, place);
  try {
    // Nothing that a killed run left can be trusted.
    await removeTree(files, path);
    await createOwnedDirectory(files, path, owner);
  } catch (error) {
    throw leavingBehind(error, await clearAway(files, path, secret));
  }
  let ended = false;
  return {
    path,
    async commit() {
      if (ended) throw new Error('commit after commit or discard');
      const outcome = await keepingWhatStands(files, target, place, () => publish(files, path, target, place));
      ended = true;
      return outcome;
    },
    async discard() {
      if (ended) return [];
      ended = true;
      return clearAway(files, path, secret);
    },
  };
}

/**
 * Moves what stands in the final place away before `work`, and back where that throws. Each rename is durable before the
 * next: else a crash could keep the second alone, which would put an end to what is to be kept.
 */
async function keepingWhatStands(
  files: FileSystem,
  target: string,
  { keptAs, parent }: StagingPlace,
  work: () => Promise<CommitOutcome>,
): Promise<CommitOutcome> {
  if (keptAs === undefined) return work();
  await files.rename(target, keptAs);
  try {
    await files.syncDirectory(parent);
    return await work();
  } catch (error) {
    const isBack = await succeeds(files.rename(keptAs, target));
    if (isBack && (await succeeds(files.syncDirectory(parent)))) throw error;
    const reason = isBack
      ? `it was moved back to ${target}, but a power cut may undo that`
      : `it could not be moved back to ${target}`;
    throw leavingBehind(error, [...leftBehindBy(error), { path: keptAs, state: 'kept', secret: true, reason }]);
  }
}

/** The one rename, and its durability. */
async function publish(files: FileSystem, path: string, target: string, place: StagingPlace): Promise<CommitOutcome> {
  await removeEmptyTree(files, target, place);
  // Replaces only an empty directory, even if something has appeared there since.
  await files.rename(path, target).catch(refuseContent(target, place));
  try {
    // Syncs the new name: without it a crash could undo what has been reported as done. The staged name's own entry was
    // never synced and need not be: the rename replaces it, and its content is on disk.
    await files.syncDirectory(place.parent);
    return { kind: 'durable' };
  } catch (failure) {
    return takeBack(files, path, target, place.parent, failure);
  }
}

/**
 * It is unknown whether the new name is on disk: undo the rename, so that a run that fails leaves nothing in the final
 * place. If that cannot be made durable either, the disk may keep either name. Then the directory is moved forward
 * again: once it is in its final place no run clears it away, and a power cut cannot leave half of it there.
 */
async function takeBack(
  files: FileSystem,
  path: string,
  target: string,
  parent: string,
  failure: unknown,
): Promise<CommitOutcome> {
  if (!(await succeeds(files.rename(target, path)))) return { kind: 'in-doubt', standsAt: target, failure };
  if (await succeeds(files.syncDirectory(parent))) throw failure;
  const isForward = await succeeds(files.rename(path, target));
  return { kind: 'in-doubt', standsAt: isForward ? target : path, failure };
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** Removes a tree that consists only of directories; anything else in it belongs to another program. */
async function removeEmptyTree(files: FileSystem, target: string, place: StagingPlace): Promise<void> {
  const directories = await directoriesBelow(files, target, place);
  // Only rmdir, which spares what may have appeared since the check.
  for (const directory of directories) await files.removeDirectory(directory).catch(refuseContent(directory, place));
}

/** `path` and the directories in it, innermost first; throws if there is anything else. */
async function directoriesBelow(files: FileSystem, path: string, place: StagingPlace): Promise<readonly string[]> {
  const status = await files.linkStatus(path);
  if (status === undefined) return [];
  if (status.kind !== 'directory') throw place.occupied(path);
  const below: string[] = [];
  for (const name of await files.list(path)) below.push(...(await directoriesBelow(files, `${path}/${name}`, place)));
  return [...below, path];
}

/** The errors of a rename or rmdir that would have to destroy something. */
function refuseContent(path: string, place: StagingPlace): (error: unknown) => never {
  return (error) => {
    const errno = isJacoError(error) ? error.details['errno'] : undefined;
    throw ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errno ?? '') ? place.occupied(path, error) : error;
  };
}
