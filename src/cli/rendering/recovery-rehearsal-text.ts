import type { RecoveryRehearsal } from '../../domain/recovery/rehearse-recovery.js';
import { printable } from '../../domain/values/printable-text.js';
import { rejoinLines } from './rejoin-text.js';

/** What a rehearsed recovery showed, as lines for people. */
export function recoveryRehearsalText({ recovered, checks, leftBehind }: RecoveryRehearsal): string {
  const { plan } = recovered;
  const { survey } = plan;
  return [
    `${printable(plan.source, 4096)} recovers.`,
    `  [ok] cluster ${printable(plan.clusterId)} was recovered up to index ${survey.lastIndex}, term ${survey.lastTerm}`,
    ...checks.map((check) => `  [ok] ${check}`),
    ...(survey.lost === undefined ? [] : ['', `Lost: ${printable(survey.lost.reason, 4096)}`]),
    ...rejoinLines(plan.rejoin, plan.grpcAddress),
    ...(leftBehind.length > 0
      ? []
      : ['', 'The disk was only read, and everything that the rehearsal made has been removed.']),
  ].join('\n');
}
