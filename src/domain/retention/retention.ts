/** The facts of a backup that retention needs. */
export interface DatedBackup {
  /** When the snapshot was taken, in milliseconds since 1970. */
  readonly takenAtMs: number;
  /** The snapshot's position in the cluster's history; undefined if unknown. */
  readonly snapshotIndex: bigint | undefined;
}

/** What to keep. A backup is kept if any given rule keeps it. */
export interface RetentionRule {
  /** How many of the newest, including the one just written; at least 1. */
  readonly keep: number | undefined;
  /** Keeps all that are not older, in milliseconds. */
  readonly keepWithinMs: number | undefined;
}

/**
 * The expired backups, oldest first: those that no rule keeps. Never the newest, and never `written`, the one just
 * taken, which may look older than others after the clock was set back. Without a rule no backup expires.
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

/** Newest first; at the same moment, the later in the cluster's history first, and last a backup without an index. */
function byAge(a: DatedBackup, b: DatedBackup): number {
  if (a.takenAtMs !== b.takenAtMs) return b.takenAtMs - a.takenAtMs;
  const [indexA, indexB] = [a.snapshotIndex, b.snapshotIndex];
  if (indexA === indexB) return 0;
  if (indexA === undefined) return 1;
  return indexB === undefined || indexA > indexB ? -1 : 1;
}
