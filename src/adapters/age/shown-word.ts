import { printable } from '../../domain/values/printable-text.js';

/**
 * What an operator gave as a recipient or as a path, for an error to name: unless it is an identity itself, given in the
 * wrong place, which is a secret.
 */
export function shownWord(word: string): string {
  return /AGE-SECRET-KEY-/i.test(word) ? 'AGE-SECRET-KEY-… (not shown here)' : printable(word, 4096);
}
