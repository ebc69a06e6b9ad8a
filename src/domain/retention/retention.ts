/** A backup as a rule of retention sees it. */
export interface DatedBackup {
  /** When the snapshot was taken, in milliseconds since 1970. */
  readonly takenAtMs: number;
  /** Where the snapshot stands in the cluster's history; undefined where that is not known. */
  readonly snapshotIndex: bigint | undefined;
}

/** What is to be kept. A backup is kept if any rule that is given keeps it. */
export interface RetentionRule {
  /** As many of the newest, the one just written among them; at least 1. */
  readonly keep: number | undefined;
  /** All that are not older, in milliseconds. */
  readonly keepWithinMs: number | undefined;
}

/**
 * Which backups have had their time, oldest first: those that no rule keeps. The newest is never among them, nor is
 * `written`, the one that was just taken, which a clock that was set back may have made older than others. Without a
 * rule nothing is.
 */
export function selectExpired<Backup extends DatedBackup>(
  others: readonly Backup[],
  written: DatedBackup,
  { keep, keepWithinMs }: RetentionRule,
  nowMs: number,
): readonly Backup[] {
  if (keep === undefined && keepWithinMs === undefined) return [];
  const newestFirst: DatedBackup[] = [written, ...others].sort(byAge);
  const kept = new Set<DatedBackup>(newestFirst.slice(0, Math.max(1, keep ?? 1)));
  const isRecent = ({ takenAtMs }: DatedBackup) => keepWithinMs !== undefined && nowMs - takenAtMs <= keepWithinMs;
  return others.filter((backup) => !kept.has(backup) && !isRecent(backup)).sort((a, b) => byAge(b, a));
}

/** Newest first; of the same moment, what is later in the cluster's history, and last what does not say where it stands. */
function byAge(a: DatedBackup, b: DatedBackup): number {
  if (a.takenAtMs !== b.takenAtMs) return b.takenAtMs - a.takenAtMs;
  const [indexA, indexB] = [a.snapshotIndex, b.snapshotIndex];
  if (indexA === indexB) return 0;
  if (indexA === undefined) return 1;
  return indexB === undefined || indexA > indexB ? -1 : 1;
}
