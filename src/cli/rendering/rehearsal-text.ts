import type { RehearsalOutcome } from '../../domain/restore/rehearse-restore.js';
import { locationName } from '../../domain/values/archive-location.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { printable } from '../../domain/values/printable-text.js';
import { rejoinLines } from './rejoin-text.js';
import { wrappedList } from './wrapped-list.js';

/** What a rehearsal showed and what a real restore would bring back, as lines for people. */
export function rehearsalText({ restored, checks, deployments, leftBehind }: RehearsalOutcome): string {
  const { archive, metadata } = restored.plan;
  const names = deployments.names.map((name) => printable(name, 60));
  return [
    `${locationName(archive, 'read')} restores.`,
    `  [ok] cluster ${printable(metadata.clusterId)} was restored at index ${metadata.snapshotIndex}, term ${metadata.snapshotTerm} (${formatByteSize(restored.snapshotSizeBytes)}, taken ${printable(metadata.takenAt)})`,
    ...checks.map((check) => `  [ok] ${check}`),
    '',
    `It would bring back ${deployments.count} ${deployments.count === 1 ? 'deployment' : 'deployments'}${deployments.count === 0 ? '.' : ':'}`,
    ...wrappedList(names, deployments.count),
    ...rejoinLines(restored.rejoin, restored.plan.grpcAddress),
    ...(leftBehind.length > 0 ? [] : ['', 'Everything that the rehearsal made has been removed.']),
  ].join('\n');
}
