/** A backup as a rule of retention sees it. */
export interface DatedBackup {
  /** When the snapshot was taken, in milliseconds since 1970. */
  readonly takenAtMs: number;
  /** Where the snapshot stands in the cluster's history; undefined where that is not known. */
  readonly snapshotIndex: bigint | undefined;
  readonly snapshotTerm?: bigint | undefined;
}

/** What is to be kept. A backup is kept if any rule that is given keeps it. */
export interface RetentionRule {
  /** As many of the newest, the one just written among them; at least 1. */
  readonly keep: number | undefined;
  /** All that are not older, in milliseconds. */
  readonly keepWithinMs: number | undefined;
  /** The newest of each of as many days, at least 1. */
  readonly keepDaily?: number | undefined;
  /** The newest of each of as many weeks, at least 1. */
  readonly keepWeekly?: number | undefined;
  /** The newest of each of as many months, at least 1. */
  readonly keepMonthly?: number | undefined;
}

/** Whether it asks for anything. Without a rule everything stays. */
export function isRule(rule: RetentionRule): boolean {
  return Object.values(rule).some((value) => value !== undefined);
}

/** Why a backup stays, or that no rule keeps it. */
export type KeepReason =
  | 'written'
  | 'newest'
  | 'number'
  | 'within'
  | 'daily'
  | 'weekly'
  | 'monthly'
  /** By this host's clock it was taken in the future. */
  | 'future'
  /** Time and the order of raft contradict each other between it and another. */
  | 'contradiction'
  | 'expired';

/** A backup with what the rules say of it. */
export interface JudgedBackup<Backup extends DatedBackup> {
  readonly backup: Backup;
  readonly reason: KeepReason;
}

/** How far a clock may be ahead before a backup counts as taken in the future, in milliseconds. */
export const clockToleranceMs = 10 * 60_000;

const dayMs = 86_400_000;

/**
 * What becomes of each backup of one cluster, newest first. `written`, if there is one, is among them and stays. A backup from the
 * future stays and counts for nothing: a clock that was wrong for a day must not push real ones out. The same holds for
 * backups between which time and raft contradict each other: a clock was wrong, or the cluster was restored from an older
 * backup in between, after which its indexes start again. Of the others the newest stays in any case. Days, weeks (from
 * Monday) and months are those of UTC; of each that has backups, the newest counts.
 */
export function judgeRetention<Backup extends DatedBackup>(
  backups: readonly Backup[],
  rule: RetentionRule,
  nowMs: number,
  written?: Backup,
): readonly JudgedBackup<Backup>[] {
  const newestFirst = [...backups].sort(byAge);
  const reasons = new Map<DatedBackup, KeepReason>();
  const keep = (backup: DatedBackup | undefined, reason: KeepReason) => {
    if (backup !== undefined && !reasons.has(backup)) reasons.set(backup, reason);
  };
  keep(written, 'written');
  const present = newestFirst.filter((backup) => backup === written || backup.takenAtMs <= nowMs + clockToleranceMs);
  for (const backup of newestFirst) if (!present.includes(backup)) keep(backup, 'future');
  const contradicting = contradictions(present);
  for (const backup of contradicting) keep(backup, 'contradiction');
  const counted = present.filter((backup) => !contradicting.has(backup));
  for (const backup of counted.slice(0, rule.keep ?? 0)) keep(backup, 'number');
  for (const backup of counted) {
    if (rule.keepWithinMs !== undefined && nowMs - backup.takenAtMs <= rule.keepWithinMs) keep(backup, 'within');
  }
  for (const backup of newestOfEach(counted, rule.keepDaily, dayOf)) keep(backup, 'daily');
  for (const backup of newestOfEach(counted, rule.keepWeekly, weekOf)) keep(backup, 'weekly');
  for (const backup of newestOfEach(counted, rule.keepMonthly, monthOf)) keep(backup, 'monthly');
  keep(counted[0], 'newest');
  return newestFirst.map((backup) => ({ backup, reason: reasons.get(backup) ?? 'expired' }));
}

/** Newest first; of the same moment, what is later in the cluster's history, and last what does not say where it stands. */
function byAge(a: DatedBackup, b: DatedBackup): number {
  if (a.takenAtMs !== b.takenAtMs) return b.takenAtMs - a.takenAtMs;
  const [indexA, indexB] = [a.snapshotIndex, b.snapshotIndex];
  if (indexA === indexB) return 0;
  if (indexA === undefined) return 1;
  return indexB === undefined || indexA > indexB ? -1 : 1;
}

/** Those between which and another the order of time is not that of raft, which goes by term and then by index. */
function contradictions(newestFirst: readonly DatedBackup[]): ReadonlySet<DatedBackup> {
  const found = new Set<DatedBackup>();
  const placed = newestFirst.filter(isPlaced);
  // Each is compared with the latest position of all older ones, and with the earliest of all newer ones.
  collect([...placed].reverse(), (backup, extreme) => isBefore(backup, extreme));
  collect(placed, (backup, extreme) => isBefore(extreme, backup));
  return found;

  function collect(
    order: readonly PlacedBackup[],
    contradicts: (backup: PlacedBackup, extreme: PlacedBackup) => boolean,
  ) {
    let extreme: PlacedBackup | undefined;
    for (const backup of order) {
      if (extreme !== undefined && contradicts(backup, extreme)) found.add(backup);
      else extreme = backup;
    }
  }
}

/** A backup whose place in the cluster's history is known. */
interface PlacedBackup extends DatedBackup {
  readonly snapshotIndex: bigint;
  readonly snapshotTerm: bigint;
}

function isPlaced(backup: DatedBackup): backup is PlacedBackup {
  return backup.snapshotIndex !== undefined && backup.snapshotTerm !== undefined;
}

function isBefore(a: PlacedBackup, b: PlacedBackup): boolean {
  return a.snapshotTerm === b.snapshotTerm ? a.snapshotIndex < b.snapshotIndex : a.snapshotTerm < b.snapshotTerm;
}

function newestOfEach<Backup extends DatedBackup>(
  newestFirst: readonly Backup[],
  count: number | undefined,
  periodOf: (takenAtMs: number) => number,
): readonly Backup[] {
  const periods = new Map<number, Backup>();
  for (const backup of newestFirst) {
    const period = periodOf(backup.takenAtMs);
    if (!periods.has(period)) periods.set(period, backup);
  }
  return [...periods.values()].slice(0, count ?? 0);
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** 1970 began on a Thursday. */
function weekOf(atMs: number): number {
  return Math.floor((dayOf(atMs) + 3) / 7);
}

function monthOf(atMs: number): number {
  const date = new Date(atMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
