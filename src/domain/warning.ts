import type { Remedy } from './remedy.js';

/** Something that the operator should know, but that does not stop the run. */
export interface Warning {
  /** What and why, in the words of the domain, as a sentence without its full stop. */
  readonly sentence: string;
  /** What the operator can do about it: any one of these. */
  readonly remedies: readonly Remedy[];
}

/** A warning; most have no remedy beyond their sentence. */
export function warningOf(sentence: string, ...remedies: readonly Remedy[]): Warning {
  return { sentence, remedies };
}
