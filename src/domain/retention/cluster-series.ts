import type { CataloguedBackup } from './judge-backup.js';

/** A span of time in which a backup was to be expected. */
export interface BackupGap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The backups of one cluster as a series in time. */
export interface ClusterSeries {
  readonly clusterId: string;
  /** Oldest first. */
  readonly backups: readonly CataloguedBackup[];
  readonly totalBytes: number;
  readonly gaps: readonly BackupGap[];
}

/** How many times the usual distance between two backups makes a gap. */
const gapFactor = 2.5;

/**
 * The series of each cluster, the one with the newest backup first. A gap is a distance that is more than two and a half times
 * the usual one (the median), so that it needs three backups; the last may reach to `nowMs`. Backups of one moment have no usual distance.
 */
export function seriesOf(backups: readonly CataloguedBackup[], nowMs: number): readonly ClusterSeries[] {
  const clusters = new Map<string, CataloguedBackup[]>();
  for (const backup of [...backups].sort((a, b) => a.takenAtMs - b.takenAtMs)) {
    const same = clusters.get(backup.clusterId);
    if (same === undefined) clusters.set(backup.clusterId, [backup]);
    else same.push(backup);
  }
  return [...clusters]
    .map(([clusterId, series]) => ({
      clusterId,
      backups: series,
      totalBytes: series.reduce((sum, { file }) => sum + file.sizeBytes, 0),
      gaps: gapsOf(
        series.map(({ takenAtMs }) => takenAtMs),
        nowMs,
      ),
    }))
    .sort((a, b) => newestOf(b) - newestOf(a));
}

function newestOf({ backups }: Pick<ClusterSeries, 'backups'>): number {
  return Math.max(...backups.map(({ takenAtMs }) => takenAtMs));
}

function gapsOf(times: readonly number[], nowMs: number): readonly BackupGap[] {
  const distances = times.slice(1).map((time, before) => time - (times[before] as number));
  if (distances.length < 2) return [];
  const usual = [...distances].sort((a, b) => a - b)[Math.floor(distances.length / 2)] as number;
  if (usual === 0) return [];
  return [...times, nowMs]
    .slice(1)
    .map((toMs, before) => ({ fromMs: times[before] as number, toMs }))
    .filter(({ fromMs, toMs }) => toMs - fromMs > usual * gapFactor);
}
