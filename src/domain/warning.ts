import type { Remedy } from './remedy.js';

/** Something that was done, or will be, although the operator should know of it. */
export interface Warning {
  /** What and why, in the words of the domain, as a sentence without its full stop. */
  readonly sentence: string;
  /** What the operator can do about it: any one of these. */
  readonly remedies: readonly Remedy[];
}

/** A warning; most have no remedy beside what the sentence says. */
export function warningOf(sentence: string, ...remedies: readonly Remedy[]): Warning {
  return { sentence, remedies };
}
