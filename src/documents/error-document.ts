import type { ErrorCode, JacoError, LeftBehind } from '../domain/errors.js';
import type { Remedy } from '../domain/remedy.js';

/** An expected failure for a program, without the words of any one frontend. */
export interface ErrorDocument {
  /** Stable; the whole set is `errorCatalogue`. */
  readonly code: ErrorCode;
  /** One sentence for people. */
  readonly message: string;
  /** The facts in the sentence, for example `{ path }`. */
  readonly facts: Readonly<Record<string, string>>;
  /** Alternative ways out, the likeliest first. */
  readonly remedies: readonly Remedy[];
  /** What could not be cleaned up. */
  readonly left_behind: readonly LeftBehind[];
}

/** An error as data for a program. Never its stack or its cause. */
export function errorDocument({ code, message, details, remedies, leftBehind }: JacoError): ErrorDocument {
  return { code, message, facts: details, remedies, left_behind: leftBehind };
}
