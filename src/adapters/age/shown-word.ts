import { printable } from '../../domain/values/printable-text.js';

/**
 * What an operator gave as a recipient or as a path, for an error to name: unless it is an identity itself, given in the
 * wrong place, which is a secret.
 */
export function shownWord(word: string): string {
  if (/AGE-SECRET-KEY-/i.test(word)) return 'AGE-SECRET-KEY-… (not shown here)';
  // A recipient that withstands quantum computers has almost two thousand letters.
  return printable(word, /^age1/i.test(word) ? 100 : 4096);
}
