import type { ComparedStore, StoreComparison } from '../../domain/recovery/compare-stores.js';
import { printable } from '../../domain/values/printable-text.js';

/** Several stores of one cluster as lines for people, the one to recover from first. */
export function comparisonText({ clusterId, stores }: StoreComparison): string {
  return [
    `Cluster ${printable(clusterId)}, the store with the most first:`,
    ...stores.map(storeLine),
    '',
    conclusion(stores),
  ].join('\n');
}

/** Which one to take, if the stores tell. */
function conclusion(stores: readonly ComparedStore[]): string {
  const best = printable(stores[0]?.raftDirectory ?? '', 4096);
  const has = (kind: 'forked' | 'hidden') => stores.some(({ parting }) => parting?.kind === kind);
  if (has('forked')) {
    return (
      'These are forks of one cluster: it was restored or recovered more than once, or a disk was copied, and since then each went ' +
      'its own way. Neither the term nor the index tells which one to take. Look into each with `jaco inspect <dir>`, and choose.'
    );
  }
  if (has('hidden')) {
    return (
      `By term and index alone, ${best} has the most. Whether it has all that the others have cannot be told: recover from it only ` +
      'if all of them are disks of one cluster that was never restored, recovered or copied.'
    );
  }
  if (stores.some(({ lossy }) => lossy)) {
    return (
      `By what can be read, ${best} has the most. Damage has taken entries away, so that even the disks of a majority may lack ` +
      'what the cluster has acknowledged.'
    );
  }
  return `Recover from ${best}. If these are the disks of a majority, it holds all that the cluster has acknowledged.`;
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
      return `; ${commonText(parting.index)} others, which were never committed`;
    case 'forked':
      return `; ${commonText(parting.index)} others of the same index and term`;
    case 'hidden':
      return '; its log and that of the first one do not overlap, so that it cannot be told whether they part';
  }
}

function commonText(index: bigint | undefined): string {
  return index === undefined ? 'no entry in common,' : `the same entries up to ${index}, then`;
}
