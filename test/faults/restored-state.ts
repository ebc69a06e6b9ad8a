import { createHash } from 'node:crypto';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { isJacoError } from '../../src/domain/errors.js';
import type { Judge, Recording, Verdict } from './crash-check.js';
import { describeDisk } from './disk-image.js';
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

const raft = `${dataDirectory}/raft`;

/** Restores into the scenario's disk and returns everything that was done there. */
export async function recordRestore(
  { start }: RestoreScenario,
  change: (fileSystem: FileSystem) => FileSystem = (fileSystem) => fileSystem,
  settings: RestoreSettings = {},
): Promise<Recording> {
  const disk = createSimulatedDisk(start);
  await restore(change(disk.fileSystem), settings);
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
  return describeDisk(disk.image());
}

async function restoreNext(disk: SimulatedDisk, scenario: RestoreScenario): Promise<void> {
  const { archive, name } = scenario.next;
  await restore(disk.fileSystem, { nowMs: secondRun, name, rewire: archiveAtHand(archive) });
  await requireRestored(disk, { ...scenario, archive }, secondRun, name);
}

async function requireRestorable(
  disk: SimulatedDisk,
  scenario: RestoreScenario,
  undisturbed: readonly string[],
): Promise<void> {
  await restoreNext(disk, scenario);
  const now = describeDisk(disk.image());
  const [difference] = [
    ...now.filter((line) => !undisturbed.includes(line)),
    ...undisturbed.filter((line) => !now.includes(line)),
  ];
  ensure(difference === undefined, `the next restore leaves another disk than without a crash: ${difference}`);
}

async function requireRefusal(disk: SimulatedDisk, { next }: RestoreScenario): Promise<void> {
  const operations = disk.operations.length;
  const settings = { nowMs: secondRun, name: next.name, rewire: archiveAtHand(next.archive) };
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
  const { metadata, snapshot, authority } = scenario.archive;
  const snapshotSha256 = createHash('sha256').update(snapshot).digest('hex');
  const expected = { dataDirectory, metadata, snapshotSha256, voter: `${name} 10.0.0.7:7001` };
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
