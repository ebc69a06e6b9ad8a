import type { StoreInspection } from '../../domain/recovery/inspect-store.js';
import { lossOf } from '../../domain/recovery/recovery-plan.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { printable } from '../../domain/values/printable-text.js';
import { behindSnapshotLines } from './recovery-text.js';

/** What the raft store of a node holds, as lines for people. */
export function storeInspectionText({ raftDirectory, records, survey, ruin }: StoreInspection): string {
  const { currentTerm, lastVote, logRange, snapshots, skippedSnapshots, sealed } = records;
  return [
    `Store:        ${printable(raftDirectory, 4096)}${sealed ? sealedText(survey === undefined && ruin === undefined) : ''}`,
    ...(survey === undefined ? [] : [`Cluster:      ${printable(survey.visitor.clusterId()) || 'none'}`]),
    `Term:         ${currentTerm}${lastVote === undefined ? '' : `, voted in ${lastVote.term} for ${printable(lastVote.candidate ?? 'nobody', 80)}`}`,
    `Log:          ${logRange === undefined ? 'empty' : `entries ${logRange.first} to ${logRange.last}`}`,
    ...(snapshots.length === 0 ? ['Snapshots:    none'] : []),
    ...snapshots.map(
      ({ id, index, term, sizeBytes }, position) =>
        `${position === 0 ? 'Snapshots:    ' : '              '}index ${index}, term ${term}, ${formatByteSize(sizeBytes)} (${printable(id, 100)})`,
    ),
    ...skippedSnapshots.map((name) => `Unreadable:   snapshot ${printable(name, 100)}, whose meta.json cannot be read`),
    ...(survey === undefined ? [] : behindSnapshotLines(survey)),
    ...(ruin === undefined ? (survey?.faults ?? []) : [ruin]).map((fault) => `Damage:       ${printable(fault, 4096)}`),
    ...(survey?.lost === undefined
      ? []
      : [`Lost:         ${printable(survey.lost.reason, 4096)} ${lossOf(survey.lost)}`]),
  ].join('\n');
}

function sealedText(closed: boolean): string {
  return closed ? ' (sealed: its content is encrypted)' : ' (sealed under the keyring at hand)';
}
