import type { LeftBehind } from '../../domain/errors.js';
import { printable } from '../../domain/values/printable-text.js';

/** What could not be cleaned up, a sentence or two for each. Empty if nothing was left behind. */
export function leftBehindText(left: readonly LeftBehind[]): string {
  return left.map(sentencesOf).join(' ');
}

function sentencesOf({ path, state, secret, reason }: LeftBehind): string {
  const place = printable(path, 4096);
  const why = printable(reason, 8192).replace(/\.$/, '');
  if (state === 'may-return') return `${place} was removed, but may be back after a power cut: ${why}.`;
  if (state === 'kept')
    return `Do not remove ${place}, which was there before: ${why}. The same command, run again, finds it.`;
  const what = secret ? 'It may hold secrets of the cluster in the clear: remove it.' : 'Remove it.';
  return `${place} was left behind: ${why}. ${what}`;
}
