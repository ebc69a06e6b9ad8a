import type { Remedy } from '../domain/remedy.js';

/** What a frontend says in its own words where a document has a place for a sentence. */
export interface DocumentWords {
  /** The ways out of a failure, as one sentence; undefined where there are none. */
  nextStep(remedies: readonly Remedy[]): string | undefined;
}
