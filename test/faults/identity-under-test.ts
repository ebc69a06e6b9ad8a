import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import type { RestoreOutcome } from '../../src/domain/restore-archive.js';
import { type Judge, remembering } from './crash-check.js';
import { plantDisk } from './disk-image.js';
import { archivePath, dataDirectory, type RestoreSettings, restore, secondRun } from './restore-under-test.js';
import { judgeDataDirectory, requireNoLeftovers, restoredNode } from './restored-directory.js';
import { secretCluster } from './secret-cluster.js';
import { createSimulatedDisk } from './simulated-disk.js';

const cluster = await secretCluster();

/** An empty data directory of the daemon's, and the archive of a cluster with a CA. */
export const startWithAuthority = plantDisk([
  { path: archivePath, bytes: cluster.archive },
  { path: dataDirectory, mode: 0o750, owner: { uid: 996, gid: 994 } },
]);

/** Restores it, with an identity for the node. */
export function restoreWithIdentity(fileSystem: FileSystem, settings: RestoreSettings = {}): Promise<RestoreOutcome> {
  return restore(fileSystem, { node: restoredNode, ...settings });
}

/** Before: uninitialized, and the next restore makes store and identity whole. After: both are there. */
export const judgeIdentity: Judge = remembering(async (image) => {
  const { fileSystem } = createSimulatedDisk(image);
  const judged = { files: fileSystem, dataDirectory, cluster };
  try {
    if ((await judgeDataDirectory(judged)) === 'restored') return { kind: 'after' };
    await restoreWithIdentity(fileSystem, { nowMs: secondRun });
    if ((await judgeDataDirectory(judged)) !== 'restored') throw new Error('the next restore restores nothing');
    await requireNoLeftovers(judged);
    return { kind: 'before' };
  } catch (error) {
    return { kind: 'bad', reason: (error as Error).message };
  }
});
