import { printable } from '../../domain/values/printable-text.js';

/**
 * The word that an operator gave as a recipient or path, for an error; hidden if it is an identity given in the wrong
 * place, which is a secret.
 */
export function shownWord(word: string): string {
  if (/AGE-SECRET-KEY-/i.test(word)) return 'AGE-SECRET-KEY-… (not shown here)';
  // A post-quantum recipient has almost two thousand letters.
  return printable(word, /^age1/i.test(word) ? 100 : 4096);
}
