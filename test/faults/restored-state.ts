import { readSmallFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { readLogStore } from '../../src/adapters/raft/log-store.js';
import { listSnapshots, openSnapshot } from '../../src/adapters/raft/snapshot-directory.js';
import { isJacoError } from '../../src/domain/errors.js';
import { parseMarker } from '../../src/domain/marker.js';
import type { Judge, Recording, Verdict } from './crash-check.js';
import { describeDisk } from './disk-image.js';
import type { RestoreScenario } from './restore-scenarios.js';
import {
  archiveAtHand,
  archiveToRestore,
  dataDirectory,
  firstRun,
  type RestoreSettings,
  restore,
  secondRun,
} from './restore-under-test.js';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.js';

const raft = `${dataDirectory}/raft`;

/** Restores into the scenario's disk and gives all that was done there. */
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
      if (booted) await requireRefusal(disk);
      else await requireRestorable(disk, await undisturbed);
      return { kind: booted ? 'after' : 'before' };
    } catch (error) {
      return { kind: 'bad', reason: (error as Error).message } satisfies Verdict;
    }
  };
}

/** The disk after the second run, had the first never been. */
async function restoredWithoutCrash(scenario: RestoreScenario): Promise<readonly string[]> {
  const disk = createSimulatedDisk(scenario.start);
  await restore(disk.fileSystem, { nowMs: secondRun });
  await requireRestored(disk, scenario, secondRun);
  return describeDisk(disk.image());
}

async function requireRestorable(disk: SimulatedDisk, undisturbed: readonly string[]): Promise<void> {
  await restore(disk.fileSystem, { nowMs: secondRun, rewire: archiveAtHand });
  const now = describeDisk(disk.image());
  const [difference] = [
    ...now.filter((line) => !undisturbed.includes(line)),
    ...undisturbed.filter((line) => !now.includes(line)),
  ];
  ensure(difference === undefined, `the next restore leaves another disk than without a crash: ${difference}`);
}

async function requireRefusal(disk: SimulatedDisk): Promise<void> {
  const operations = disk.operations.length;
  const outcome = await restore(disk.fileSystem, { nowMs: secondRun, rewire: archiveAtHand }).catch(
    (error: unknown) => error,
  );
  ensure(isJacoError(outcome, 'raft_store_exists'), 'a second restore is not refused');
  ensure(disk.operations.length === operations, 'a refused restore writes');
}

/** Throws, with the reason, unless the data directory is completely restored by a restore that ran at `nowMs`. */
export async function requireRestored(disk: SimulatedDisk, scenario: RestoreScenario, nowMs: number): Promise<void> {
  await requireLogStore(disk.fileSystem);
  await requireSnapshot(disk.fileSystem, nowMs);
  await requireMarker(disk.fileSystem, nowMs);
  requireTree(disk, scenario, nowMs);
}

async function requireLogStore(files: FileSystem): Promise<void> {
  const log = await readLogStore(files, `${raft}/log.db`);
  await log.close();
  ensure(log.currentTerm === archiveToRestore.metadata.snapshotTerm, `log.db holds the term ${log.currentTerm}`);
  ensure(log.firstIndex === undefined, 'log.db holds entries');
}

async function requireSnapshot(files: FileSystem, nowMs: number): Promise<void> {
  const [newest] = await listSnapshots(files, raft);
  if (newest === undefined) throw new Error('there is no snapshot');
  ensure(newest.id === `7-1000-${nowMs}`, `the newest snapshot is ${newest.id}`);
  ensure(
    newest.servers.map(({ id, address }) => `${id} ${address}`).join() === 'recovered 10.0.0.7:7001',
    'the snapshot has other voters',
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openSnapshot(files, raft, newest.id)).content) chunks.push(chunk);
  ensure(Buffer.compare(Buffer.concat(chunks), archiveToRestore.snapshot) === 0, 'the snapshot has other bytes');
}

async function requireMarker(files: FileSystem, nowMs: number): Promise<void> {
  const path = `${dataDirectory}/restore.txt`;
  ensure((await files.linkStatus(path)) !== undefined, 'there is a store and no marker');
  const marker = parseMarker(new TextDecoder().decode(await readSmallFile(files, path, 10_000)));
  const { clusterId, snapshotIndex, takenAt } = archiveToRestore.metadata;
  const expected = [clusterId, snapshotIndex, takenAt, new Date(nowMs).toISOString()].join();
  const found = [marker.clusterId, marker.snapshotIndex, marker.takenAt, marker.importedAt].join();
  ensure(found === expected, `the marker says ${found}`);
}

/** Exactly what was there before, without leftovers, and the restored files with their modes and owner. */
function requireTree(disk: SimulatedDisk, { start, leftovers }: RestoreScenario, nowMs: number): void {
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
    // Where the data directory and its parents were missing.
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

function ensure(holds: boolean, reason: string): void {
  if (!holds) throw new Error(reason);
}
