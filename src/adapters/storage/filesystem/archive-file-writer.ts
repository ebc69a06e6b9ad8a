import { basename, dirname, join } from 'node:path';
import { isJacoError, JacoError, leavingBehind, leftBehindBy, stopIfInterrupted } from '../../../domain/errors.js';
import { advice, giveParameter } from '../../../domain/remedy.js';
import type { FileLocation } from '../../../domain/values/archive-location.js';
import { printable } from '../../../domain/values/printable-text.js';
import type { ArchiveWriter } from '../../../ports/archive-writer.js';
import { clearAway } from '../../filesystem/clearing.js';
import type { AcquireLock, ExclusiveLock } from '../../filesystem/exclusive-lock.js';
import { storageError } from '../../filesystem/file-operations.js';
import type { FileSystem, OpenFile } from '../../filesystem/file-system.js';
import { streamToFile } from '../../filesystem/stream-to-file.js';

/**
 * Writes an archive into a temporary file next to its destination and renames it once it is complete and durable.
 *
 * The order makes it safe: the bytes are synced before the rename, so that the name never points at a file whose
 * content a crash could lose; the directory is synced after it, so that success is reported only when the name is
 * durable. The next backup replaces a temporary file that a killed one left.
 */
export function createArchiveFileWriter(fileSystem: FileSystem, acquireLock: AcquireLock): ArchiveWriter<FileLocation> {
  return {
    async write(location, archive, signal, { followsLinks = true } = {}) {
      stopIfInterrupted(signal);
      const action = `write ${location.path}`;
      const target = await storing(action, () => locate(fileSystem, location.path, followsLinks));
      const lock = await storing(action, () => lockDestination(target, acquireLock));
      let sizeBytes: number;
      try {
        sizeBytes = await writePart(fileSystem, target, archive, signal, action);
        await publish(fileSystem, target, action);
      } catch (error) {
        throw leavingBehind(error, [...leftBehindBy(error), ...(await lock.release())]);
      }
      // A lock that cannot be removed locks nothing once this process has ended, and the next run removes it.
      await lock.release();
      return { location, sizeBytes };
    },
  };
}

/** The temporary file for the archive at `path`, in the same directory. */
export function partOfArchive(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

/** The name of the archive whose temporary file is called `part`; undefined if it is none. */
export function archiveOfPart(part: string): string | undefined {
  return /^\.(.+)\.part$/su.exec(part)?.[1];
}

/** Takes the lock of the archive called `name` in `directory`; undefined if a backup that is writing it holds the lock. */
export async function lockArchive(
  acquireLock: AcquireLock,
  directory: string,
  name: string,
): Promise<ExclusiveLock | undefined> {
  // Loaded here, since a restore, which writes no archive, does not need it.
  const { createHash } = await import('node:crypto');
  return acquireLock(directory, createHash('sha256').update(name).digest('hex').slice(0, 16));
}

interface Target {
  /** As the operator gave it. */
  readonly destination: string;
  /** With links resolved, except one that is to be replaced. */
  readonly path: string;
  readonly directory: string;
  /** The temporary file. */
  readonly part: string;
  /** Whether the new file replaces an existing one. */
  readonly replaces: boolean;
}

/** Follows links to the actual destination where it should, and refuses what a rename would destroy. */
async function locate(fileSystem: FileSystem, destination: string, followsLinks: boolean): Promise<Target> {
  if (destination === '' || destination.endsWith('/')) throw unusable(destination, 'it names no file');
  const there = await (followsLinks ? fileSystem.status(destination) : fileSystem.linkStatus(destination));
  // A file, not a link: another backup has put it there since the first check.
  if (there === undefined && (await fileSystem.linkStatus(destination))?.kind === 'link') {
    throw unusable(destination, 'it is a symbolic link to nothing');
  }
  if (there !== undefined && there.kind !== 'file' && there.kind !== 'link') {
    throw unusable(destination, there.kind === 'directory' ? 'it is a directory' : 'it is not a regular file');
  }
  const path =
    there === undefined || !followsLinks
      ? join(await fileSystem.resolve(dirname(destination)), basename(destination))
      : await fileSystem.resolve(destination);
  const directory = dirname(path);
  return { destination, path, directory, part: partOfArchive(path), replaces: there !== undefined };
}

async function lockDestination(target: Target, acquireLock: AcquireLock): Promise<ExclusiveLock> {
  const lock = await lockArchive(acquireLock, target.directory, basename(target.path));
  if (lock !== undefined) return lock;
  throw inProgress(target);
}

async function writePart(
  fileSystem: FileSystem,
  target: Target,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  action: string,
): Promise<number> {
  const file = await storing(action, async () => {
    if ((await fileSystem.linkStatus(target.part)) !== undefined) await fileSystem.removeFile(target.part);
    return fileSystem.createFile(target.part, 0o600);
  });
  try {
    const sizeBytes = await closingAfter(file, action, async () => {
      const size = await streamToFile(untilStopped(archive, signal), {
        write: (bytes) => storing(action, () => file.write(bytes)),
        sync: () => storing(action, () => file.sync()),
      });
      // The last sync may take long, and cannot be interrupted.
      stopIfInterrupted(signal);
      await storing(action, () => file.sync());
      await storing(action, () => requireOurs(fileSystem, target, file));
      return size;
    });
    stopIfInterrupted(signal);
    return sizeBytes;
  } catch (error) {
    // A file of another backup must not be removed.
    if (isJacoError(error, 'in_progress')) throw error;
    throw leavingBehind(error, await clearAway(fileSystem, target.part, true));
  }
}

/**
 * The lock does not reach other machines that share the directory: a backup there may have treated the temporary file
 * as that of a dead process and replaced it with its own, which we must not publish. Any other program may have removed
 * or moved it.
 */
async function requireOurs(fileSystem: FileSystem, target: Target, file: OpenFile): Promise<void> {
  const [ours, there] = [await file.status(), await fileSystem.linkStatus(target.part)];
  if (there === undefined) throw partIsGone(target);
  if (there.device !== ours.device || there.inode !== ours.inode) throw inProgress(target);
}

/** Passes the pieces on until the backup should stop. */
async function* untilStopped(
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of archive) {
    stopIfInterrupted(signal);
    yield piece;
  }
}

async function publish(fileSystem: FileSystem, target: Target, action: string): Promise<void> {
  try {
    await fileSystem.rename(target.part, target.path);
  } catch (error) {
    throw leavingBehind(storageError(error, action), await clearAway(fileSystem, target.part, true));
  }
  try {
    await fileSystem.syncDirectory(target.directory);
  } catch (error) {
    if (target.replaces) throw replacedUnsafely(error, target);
    // If there was no file before, a failed backup leaves no file.
    throw leavingBehind(storageError(error, action), await clearAway(fileSystem, target.path, true));
  }
}

/** The new file has replaced the old one, which cannot be recovered: the operator must know. */
function replacedUnsafely(error: unknown, { destination }: Target): unknown {
  const told = storageError(error, `make the new ${destination} safe from a power cut`);
  if (!(told instanceof JacoError)) return error;
  return new JacoError(told.code, told.message, {
    remedies: [advice('It has replaced the old file and is whole: copy it to another disk, or take the backup again.')],
    details: told.details,
    cause: error,
  });
}

async function closingAfter<Result>(file: OpenFile, action: string, work: () => Promise<Result>): Promise<Result> {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    // The operator must see the first failure.
    await file.close().catch(() => undefined);
    throw error;
  }
  await storing(action, () => file.close());
  return result;
}

async function storing<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error, action);
  }
}

function inProgress({ destination }: Target): JacoError {
  return new JacoError('in_progress', `cannot write ${printable(destination, 4096)}: another backup is writing it.`, {
    remedies: [advice('Wait for it to end, or choose another file.')],
  });
}

function partIsGone({ destination, part }: Target): JacoError {
  return new JacoError(
    'storage_failed',
    `cannot write ${printable(destination, 4096)}: its temporary file ${printable(part, 4096)} was removed, or its directory was moved, while the backup was written.`,
    {
      remedies: [
        advice(`Take the backup again; if the directory was moved, remove ${printable(basename(part), 300)} from it.`),
      ],
      details: { path: part },
    },
  );
}

function unusable(destination: string, reason: string): JacoError {
  return new JacoError('request_invalid', `cannot write the backup to ${printable(destination, 4096)}: ${reason}.`, {
    remedies: [giveParameter('output')],
  });
}
