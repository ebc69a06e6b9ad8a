import { isChanged } from '../../documents/difference-document.js';
import type { ArchiveDifference, ComparedArchive } from '../../domain/archive/diff-archives.js';
import { instantOf } from '../../domain/archive/snapshot-metadata.js';
import type { KindDifference } from '../../domain/state/state-comparison.js';
import { locationName } from '../../domain/values/archive-location.js';
import { formatDuration } from '../../domain/values/duration.js';
import { printable } from '../../domain/values/printable-text.js';

/** What changed between two archives, as lines for people. */
export function differenceText(difference: ArchiveDifference): string {
  const { old: before, new: after, sameCluster } = difference;
  const changed = difference.kinds.filter(isChanged);
  const kept = difference.kinds.filter((kind) => !isChanged(kind) && kind.oldCount > 0);
  const change = (of: (archive: ComparedArchive) => string) => changeText(of(before), of(after));
  return [
    `Old:       ${locationName(before.archive, 'read')}`,
    `New:       ${locationName(after.archive, 'read')}`,
    `Cluster:   ${change(({ metadata }) => printable(metadata.clusterId))}${sameCluster ? '' : '   DIFFERENT CLUSTERS'}`,
    `Index:     ${change(({ metadata }) => String(metadata.snapshotIndex))}`,
    `Term:      ${change(({ metadata }) => String(metadata.snapshotTerm))}`,
    `Taken:     ${change(({ metadata }) => printable(metadata.takenAt))}${intervalText(before, after)}`,
    `Taken by:  ${change(({ metadata }) => `jaco ${printable(metadata.jacoVersion) || 'without a version'}`)}`,
    `Leader:    ${change(({ metadata }) => printable(metadata.leaderAtSnapshot ?? 'not named'))}`,
    `Snapshot:  ${change(({ snapshotSizeBytes }) => String(snapshotSizeBytes))} bytes`,
    '',
    ...(changed.length === 0 ? ['The states are the same.'] : changed.flatMap(kindText)),
    ...(kept.length === 0
      ? []
      : ['', `Not changed: ${kept.map(({ kind, newCount }) => `${kind.name} (${newCount})`).join(', ')}.`]),
  ].join('\n');
}

/** Longer than any name that a daemon accepts, in characters. */
const nameLength = 1024;

function changeText(before: string, after: string): string {
  return before === after ? before : `${before} -> ${after}`;
}

function intervalText(before: ComparedArchive, after: ComparedArchive): string {
  const spanMs = (instantOf(after.metadata.takenAt) ?? 0) - (instantOf(before.metadata.takenAt) ?? 0);
  if (spanMs === 0) return '';
  return ` (${formatDuration(spanMs)} ${spanMs > 0 ? 'later' : 'earlier'})`;
}

function kindText({ kind, oldCount, newCount, added, removed, changed, names }: KindDifference): string[] {
  const steps = [
    ...(added > 0 ? [`${added} added`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
  ];
  return [
    `${kind.name}: ${steps.join(', ')} (${changeText(String(oldCount), String(newCount))})`,
    ...(names?.added ?? []).map((name) => `  + ${nameText(name)}`),
    ...(names?.removed ?? []).map((name) => `  - ${nameText(name)}`),
    ...(names?.changed ?? []).map((name) => `  ~ ${nameText(name)}`),
  ];
}

function nameText(name: string): string {
  return printable(name, nameLength) || '(without a name)';
}
