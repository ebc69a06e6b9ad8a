import { createHash } from 'node:crypto';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createStoreAccess } from '../../src/adapters/seal/store-access.js';
import { isJacoError } from '../../src/domain/errors.js';
import type { Judge, Recording, Verdict } from './crash-check.js';
import { type DiskImage, describeDisk } from './disk-image.js';
import type { RestoreScenario } from './restore-scenarios.js';
import {
  archiveAtHand,
  dataDirectory,
  firstRun,
  nodeName,
  type RestoreSettings,
  restore,
  secondRun,
} from './restore-under-test.js';
import { identityTree, requireIdentity } from './restored-identity.js';
import { ensure, requireRestoredStore } from './restored-store.js';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.js';
import type { SmallArchive } from './small-archive.js';

const raft = `${dataDirectory}/raft`;

/** Restores into the scenario's disk and returns everything that was done there. */
export async function recordRestore(
  { start, ring }: RestoreScenario,
  change: (fileSystem: FileSystem) => FileSystem = (fileSystem) => fileSystem,
  settings: RestoreSettings = {},
): Promise<Recording> {
  const disk = createSimulatedDisk(start);
  await restore(change(disk.fileSystem), { ring, ...settings });
  return { start, operations: disk.operations, reported: 'success' };
}

/**
 * Looks at a data directory as a daemon does at boot. Before: there is no log.db, and then a restore must succeed next.
 * After: store and marker are complete, and then another restore must be refused and change nothing.
 */
export function judgeRestore(scenario: RestoreScenario): Judge {
  const undisturbed = restoredWithoutCrash(scenario);
  return async (image) => {
    const disk = createSimulatedDisk(image);
    const booted = (await disk.fileSystem.linkStatus(`${raft}/log.db`)) !== undefined;
    try {
      if (scenario.ring !== undefined) requireNothingClear(image, scenario.archive);
      if (booted) await requireRestored(disk, scenario, firstRun);
      if (booted) await requireRefusal(disk, scenario);
      else await requireRestorable(disk, scenario, await undisturbed);
      return { kind: booted ? 'after' : 'before' };
    } catch (error) {
      return { kind: 'bad', reason: (error as Error).message } satisfies Verdict;
    }
  };
}

/** The disk after the next run, had the first never been. */
async function restoredWithoutCrash(scenario: RestoreScenario): Promise<readonly string[]> {
  const disk = createSimulatedDisk(scenario.start);
  await restoreNext(disk, scenario);
  return visibleOn(disk, scenario);
}

/** What is sealed differs each time: of that only its place, mode and owner. What is in it has been looked at. */
function visibleOn(disk: SimulatedDisk, { ring }: RestoreScenario): readonly string[] {
  const lines = describeDisk(disk.image());
  if (ring === undefined) return lines;
  return lines.map((line) => (line.startsWith(`${raft}/`) ? line.split(' ').slice(0, 4).join(' ') : line));
}

/** Sixteen bytes of the state, of each 256, are nowhere but in the archive. */
function requireNothingClear(image: DiskImage, { bytes, snapshot }: SmallArchive): void {
  const pieces: Buffer[] = [];
  for (let at = 1024; at + 16 <= snapshot.length; at += 256) pieces.push(Buffer.from(snapshot.subarray(at, at + 16)));
  for (const node of image.values()) {
    if (node.kind !== 'file') continue;
    const content = Buffer.from(node.bytes.buffer, node.bytes.byteOffset, node.bytes.length);
    if (content.equals(bytes)) continue;
    ensure(!pieces.some((piece) => content.includes(piece)), 'a part of the state is on the disk in the clear');
  }
}

async function restoreNext(disk: SimulatedDisk, scenario: RestoreScenario): Promise<void> {
  const { archive, name } = scenario.next;
  await restore(disk.fileSystem, { nowMs: secondRun, name, ring: scenario.ring, rewire: archiveAtHand(archive) });
  await requireRestored(disk, { ...scenario, archive }, secondRun, name);
}

async function requireRestorable(
  disk: SimulatedDisk,
  scenario: RestoreScenario,
  undisturbed: readonly string[],
): Promise<void> {
  await restoreNext(disk, scenario);
  const now = visibleOn(disk, scenario);
  const [difference] = [
    ...now.filter((line) => !undisturbed.includes(line)),
    ...undisturbed.filter((line) => !now.includes(line)),
  ];
  ensure(difference === undefined, `the next restore leaves another disk than without a crash: ${difference}`);
}

async function requireRefusal(disk: SimulatedDisk, { next, ring }: RestoreScenario): Promise<void> {
  const operations = disk.operations.length;
  const settings = { nowMs: secondRun, name: next.name, ring, rewire: archiveAtHand(next.archive) };
  const outcome = await restore(disk.fileSystem, settings).catch((error: unknown) => error);
  ensure(isJacoError(outcome, 'raft_store_exists'), 'a second restore is not refused');
  ensure(disk.operations.length === operations, 'a refused restore writes');
}

/**
 * Throws, with the reason, unless the data directory is completely restored by a restore as `name` that ran at `nowMs`:
 * with the node's identity where the archive holds a CA.
 */
async function requireRestored(
  disk: SimulatedDisk,
  scenario: RestoreScenario,
  nowMs: number,
  name: string = nodeName,
): Promise<void> {
  const { facts: metadata, snapshot, authority } = scenario.archive;
  const snapshotSha256 = createHash('sha256').update(snapshot).digest('hex');
  const access = scenario.ring && createStoreAccess(scenario.ring);
  const expected = { dataDirectory, metadata, access, snapshotSha256, voter: `${name} 10.0.0.7:7001` };
  const ranAt = await requireRestoredStore(disk.fileSystem, expected);
  ensure(ranAt === nowMs, `the store was restored at ${new Date(ranAt).toISOString()}`);
  if (authority !== undefined) await requireIdentity(disk.fileSystem, authority, name);
  requireTree(disk, scenario, nowMs, name);
}

/** Exactly what was there before, without leftovers, and the restored files with their modes and owner. */
function requireTree(
  disk: SimulatedDisk,
  { start, leftovers, archive }: RestoreScenario,
  nowMs: number,
  name: string,
): void {
  const lines = describeDisk(start).filter((line) => !leftovers.includes(line.split(' ')[0] as string));
  const kept = new Set(lines);
  const [, , , owner = '0:0'] = lines.find((line) => line.startsWith(`${dataDirectory} `))?.split(' ') ?? [];
  const directories = [raft, `${raft}/snapshots`, `${raft}/snapshots/7-1000-${nowMs}`];
  const files = [
    `${directories[2]}/meta.json`,
    `${directories[2]}/state.bin`,
    `${raft}/log.db`,
    `${dataDirectory}/restore.txt`,
  ];
  const made = new Set([
    ...directories.map((path) => `${path} directory 700 ${owner}`),
    ...files.map((path) => `${path} file 600 ${owner}`),
    ...(archive.authority === undefined ? [] : identityTree(name, owner)),
    // If the data directory and its parents were missing.
    `${dataDirectory} directory 700 0:0`,
    '/var/lib directory 755 0:0',
    '/var directory 755 0:0',
  ]);
  for (const line of describeDisk(disk.image())) {
    const known = kept.delete(line) || made.has(line.split(' ').slice(0, 4).join(' '));
    ensure(known, `it is neither old nor restored: ${line}`);
  }
  ensure(kept.size === 0, `what was there is gone or changed: ${[...kept][0]}`);
}
