import type { Warning } from '../../domain/warning.js';
import { remedyClause } from './remedy-text.js';

/** A warning in the words of the command line: its sentence, and in brackets what to do. */
export function warningText({ sentence, remedies }: Warning): string {
  return remedies.length === 0 ? sentence : `${sentence} (${remedyClause(remedies)})`;
}
