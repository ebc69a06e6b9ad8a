import { plainSchema } from '../../domain/archive/snapshot-metadata.js';
import type { ClusterSeries } from '../../domain/retention/cluster-series.js';
import type { CataloguedBackup } from '../../domain/retention/judge-backup.js';
import type { PruneOutcome } from '../../domain/retention/prune-backups.js';
import type { KeepReason } from '../../domain/retention/retention.js';
import { locationName, locationWord } from '../../domain/values/archive-location.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { formatDuration } from '../../domain/values/duration.js';
import { printable } from '../../domain/values/printable-text.js';

/** The backups of a place as a table, then a line for each cluster, with its gaps and its growth. */
export function catalogueText(series: readonly ClusterSeries[], nowMs: number, blocks: boolean): string {
  if (series.length === 0) return 'No backups.';
  const rows = series.flatMap(({ backups }) =>
    backups.map((backup) => [...backupCells(backup, nowMs), printable(backup.file.name, 1024)]),
  );
  const clusters = series.flatMap((each) => clusterText(each, nowMs, blocks));
  return [...aligned([['TAKEN', 'AGE', 'INDEX', 'SIZE', 'STATE', 'VERIFIED', 'FILE'], ...rows]), '', ...clusters].join(
    '\n',
  );
}

/**
 * Each backup with what becomes of it and why, then what killed backups have left; last, why backups are still there that
 * should not be.
 */
export function pruneText(
  { judged, unfinished, deleted, failed }: Omit<PruneOutcome, 'left' | 'failure'>,
  { nowMs, dryRun }: { readonly nowMs: number; readonly dryRun: boolean },
): string {
  if (judged.length === 0 && unfinished.length === 0) return 'No backups.';
  const words = new Set(deleted.map(locationWord));
  const kept = new Set(failed.map(({ location }) => locationWord(location)));
  const fateOf = ({ file: { location } }: CataloguedBackup) => {
    if (dryRun) return 'delete';
    if (kept.has(locationWord(location))) return 'failed';
    // Another process may have deleted it before, or replaced it.
    return words.has(locationWord(location)) ? 'deleted' : 'gone';
  };
  const fate = dryRun ? 'delete' : 'deleted';
  const remains = unfinished.map(({ name }) => [fate, 'never finished', '-', '-', printable(name, 1024)]);
  const rows = judged.map(({ backup, reason }) => [
    reason === 'expired' ? fateOf(backup) : 'keep',
    reasonText[reason],
    timeText(backup.takenAtMs),
    ageText(nowMs - backup.takenAtMs),
    printable(backup.file.name, 1024),
  ]);
  const reasons = failed.map(({ location, failure }) => {
    return `Not deleted: ${locationName(location, 'read')}: ${failure.message}`;
  });
  return [...aligned([['', 'WHY', 'TAKEN', 'AGE', 'FILE'], ...rows, ...remains]), ...reasons].join('\n');
}

/** The reasons in the words of the flags. */
const reasonText: Readonly<Record<KeepReason, string>> = {
  written: 'just written',
  newest: 'the newest',
  number: '--keep',
  within: '--keep-within',
  daily: '--keep-daily',
  weekly: '--keep-weekly',
  monthly: '--keep-monthly',
  future: 'from the future',
  contradiction: 'time and index disagree',
  expired: 'no rule keeps it',
};

/** What the tables say of a backup besides the name of its file. */
export function backupCells(backup: CataloguedBackup, nowMs: number): readonly string[] {
  const { file, takenAtMs, snapshotIndex, verifiedAtMs } = backup;
  return [
    timeText(takenAtMs),
    ageText(nowMs - takenAtMs),
    String(snapshotIndex ?? '-'),
    formatByteSize(file.sizeBytes),
    formOf(backup),
    timeText(verifiedAtMs),
  ];
}

/** How the state is kept: sealed by the daemon, within a file that is encrypted to an operator's key, both, or neither. */
export function formOf({
  schemaVersion,
  encrypted = false,
}: Pick<CataloguedBackup, 'schemaVersion' | 'encrypted'>): BackupForm {
  const sealed = schemaVersion !== plainSchema;
  if (encrypted) return sealed ? 'sealed, encrypted' : 'encrypted';
  return sealed ? 'sealed' : 'plain';
}

/** In the order of the legend. */
export const backupForms = ['plain', 'sealed', 'encrypted', 'sealed, encrypted'] as const;

/** The words for how a state is kept. */
export type BackupForm = (typeof backupForms)[number];

function clusterText(
  { clusterId, backups, totalBytes, gaps }: ClusterSeries,
  nowMs: number,
  blocks: boolean,
): string[] {
  const newest = backups.at(-1) as CataloguedBackup;
  const count = backups.length === 1 ? '1 backup' : `${backups.length} backups`;
  const age = ageText(nowMs - newest.takenAtMs);
  return [
    `Cluster ${printable(clusterId)}: ${count}, ${formatByteSize(totalBytes)}, the newest taken ${age}`,
    ...(blocks && backups.length > 1 ? [`  size ${sparkline(backups.map(({ file }) => file.sizeBytes))}`] : []),
    ...gaps.map(({ fromMs, toMs }) =>
      toMs === nowMs
        ? `  no backup since ${timeText(fromMs)}`
        : `  no backup between ${timeText(fromMs)} and ${timeText(toMs)}`,
    ),
  ];
}

/** Widest plot, in characters. */
const plotWidth = 60;

/** Sizes as blocks from the smallest to the largest height; of more than fit, the largest of each group. */
function sparkline(sizes: readonly number[]): string {
  const group = Math.ceil(sizes.length / plotWidth);
  const columns = Array.from({ length: Math.ceil(sizes.length / group) }, (_, column) =>
    Math.max(...sizes.slice(column * group, (column + 1) * group)),
  );
  const largest = Math.max(...columns);
  return columns.map((size) => '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor((size / largest) * 7.999))]).join('');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] as readonly string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
}

/** How long ago, or in how long. */
export function ageText(ageMs: number): string {
  return ageMs < 0 ? `in ${formatDuration(ageMs)}` : `${formatDuration(ageMs)} ago`;
}

/** To the second. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
