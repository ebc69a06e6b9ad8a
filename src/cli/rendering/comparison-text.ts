import type { ComparedStore, StoreComparison } from '../../domain/recovery/compare-stores.js';
import { printable } from '../../domain/values/printable-text.js';

/** Several stores of one cluster as lines for people, the one to recover from first. */
export function comparisonText({ clusterId, stores }: StoreComparison): string {
  const [best] = stores;
  return [
    `Cluster ${printable(clusterId)}, the store with the most first:`,
    ...stores.map(storeLine),
    '',
    `Recover from ${printable(best?.raftDirectory ?? '', 4096)}. If these are the disks of a majority, it holds all that the cluster has acknowledged.`,
  ].join('\n');
}

function storeLine({ raftDirectory, lastIndex, lastTerm, lastAppendedAtMs, lossy, parting }: ComparedStore): string {
  const time = lastAppendedAtMs === undefined ? '' : `, the last entry of ${new Date(lastAppendedAtMs).toISOString()}`;
  return `  - ${printable(raftDirectory, 4096)}: up to index ${lastIndex}, term ${lastTerm}${time}${lossy ? ', damaged behind that' : ''}${partingText(parting)}`;
}

function partingText(parting: ComparedStore['parting']): string {
  switch (parting?.kind) {
    case undefined:
      return '';
    case 'ends':
      return `; the same entries up to ${parting.index}`;
    case 'differs':
      return `; the same entries up to ${parting.index}, then others, which were never committed`;
    case 'hidden':
      return '; no entry in common, the snapshots hide where they part';
  }
}
