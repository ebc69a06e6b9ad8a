import { defaultArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import { createStreamingArchiveVerifier } from '../../src/adapters/archive/streaming-archive-verifier.js';
import { readSmallFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createArchiveFileWriter } from '../../src/adapters/storage/filesystem/archive-file-writer.js';
import { type BackupOutcome, takeBackup } from '../../src/domain/backup/take-backup.js';
import { fileAt } from '../builders/locations.js';
import type { Judge, Recording, Verdict } from './crash-check.js';
import { type DiskImage, plantDisk } from './disk-image.js';
import { createHeldLocks, type HeldLocks } from './held-locks.js';
import { createSimulatedDisk } from './simulated-disk.js';
import { smallArchive } from './small-archive.js';

/** Where the backup goes. Next to it is an unrelated file. */
export const destination = '/backups/cluster.tar.gz';
const part = '/backups/.cluster.tar.gz.part';
const bystander = '/backups/notes.txt';

const [archive, earlier] = [await smallArchive(1), await smallArchive(2)];
const notes = Buffer.from('mine');

/** A disk on which a backup is taken. */
export interface BackupScenario {
  readonly name: string;
  readonly start: DiskImage;
  /** Whether there is an old file at the destination. */
  readonly replaces: boolean;
}

export const backupScenarios: readonly BackupScenario[] = [
  { name: 'backup to a new file', start: plantDisk([{ path: bystander, bytes: notes }]), replaces: false },
  {
    name: 'backup over an old file',
    start: plantDisk([
      { path: bystander, bytes: notes },
      { path: destination, bytes: earlier.bytes },
    ]),
    replaces: true,
  },
  {
    name: 'backup beside what a killed one left',
    start: plantDisk([
      { path: bystander, bytes: notes },
      { path: part, bytes: earlier.bytes.subarray(0, 5000) },
    ]),
    replaces: false,
  },
];

/** Takes the backup, the archive arriving in pieces that do not end where blocks do. */
export function backUp(
  fileSystem: FileSystem,
  { locks = createHeldLocks() }: { readonly locks?: HeldLocks } = {},
): Promise<BackupOutcome> {
  return takeBackup(
    {
      source: { open: () => pieces(archive.bytes, 5000) },
      cluster: {
        status: () => Promise.reject(new Error('nobody asks')),
        audit: () => pieces(new Uint8Array(), 1) as never,
      },
      // Not gathered, so that there are several writes to fail and to lose.
      verifier: createStreamingArchiveVerifier(defaultArchiveLimits, undefined, 1),
      writer: createArchiveFileWriter(fileSystem, locks.acquire),
    },
    fileAt(destination),
    new AbortController().signal,
  );
}

/** Takes the backup on the scenario's disk and returns everything that it did there. */
export async function recordBackup(
  { start }: BackupScenario,
  change: (fileSystem: FileSystem) => FileSystem = (fileSystem) => fileSystem,
): Promise<Recording> {
  const disk = createSimulatedDisk(start);
  await backUp(change(disk.fileSystem));
  return { start, operations: disk.operations, reported: 'success' };
}

/** Whichever state the disk is in, a backup must succeed on it next. */
export function judgeBackup({ replaces }: BackupScenario): Judge {
  return async (image) => {
    const disk = createSimulatedDisk(image);
    const found = await findBackup(disk.fileSystem, replaces);
    if (found.kind === 'bad') return found;
    try {
      await backUp(disk.fileSystem);
    } catch (error) {
      return bad(`the next backup fails: ${error}`);
    }
    const next = await findBackup(disk.fileSystem, replaces);
    if (next.kind !== 'after') return bad('the next backup leaves no whole file');
    return (await hasTemporaryFile(disk.fileSystem)) ? bad('the next backup leaves a temporary file') : found;
  };
}

/**
 * Before: no file, or the old one where there was one. After: the new one, which verifies. In both cases nothing else
 * has changed, but for the temporary file of a killed backup.
 */
async function findBackup(fileSystem: FileSystem, replaces: boolean): Promise<Verdict> {
  const known = [destination, part, bystander];
  const strange = (await fileSystem.list('/backups')).find((name) => !known.includes(`/backups/${name}`));
  if (strange !== undefined) return bad(`there is a file ${strange}`);
  if (!(await holds(fileSystem, bystander, notes))) return bad('the file beside it has changed');
  const status = await fileSystem.linkStatus(destination);
  if (status === undefined) return replaces ? bad('the old file is gone') : { kind: 'before' };
  if (status.mode !== 0o600) return bad(`the file has mode ${status.mode.toString(8)}`);
  if (replaces && (await holds(fileSystem, destination, earlier.bytes))) return { kind: 'before' };
  if (!(await holds(fileSystem, destination, archive.bytes))) return bad('the file is not the whole archive');
  return (await verifies(fileSystem)) ? { kind: 'after' } : bad('the file does not verify');
}

/** Whether a backup's temporary file is there. */
export async function hasTemporaryFile(fileSystem: FileSystem): Promise<boolean> {
  return (await fileSystem.linkStatus(part)) !== undefined;
}

function bad(reason: string): Verdict {
  return { kind: 'bad', reason };
}

async function holds(fileSystem: FileSystem, path: string, expected: Uint8Array): Promise<boolean> {
  const bytes = await readSmallFile(fileSystem, path, 1_000_000);
  return bytes !== undefined && Buffer.compare(bytes, expected) === 0;
}

async function verifies(fileSystem: FileSystem): Promise<boolean> {
  const bytes = (await readSmallFile(fileSystem, destination, 1_000_000)) ?? new Uint8Array();
  const passage = createStreamingArchiveVerifier(defaultArchiveLimits).verify(pieces(bytes, 4096));
  for await (const _ of passage.bytes);
  return passage.summary().metadata.clusterId === archive.metadata.clusterId;
}

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}
