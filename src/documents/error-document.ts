import type { ErrorCode, JacoError, LeftBehind } from '../domain/errors.js';
import type { Remedy } from '../domain/remedy.js';

/** A foreseen failure for a program: no word of it belongs to one frontend. */
export interface ErrorDocument {
  /** Stable; the whole set is `errorCatalogue`. */
  readonly code: ErrorCode;
  /** One sentence for people. */
  readonly message: string;
  /** What the sentence speaks of, for example `{ path }`. */
  readonly facts: Readonly<Record<string, string>>;
  /** Ways out, any one of which may do, the likeliest first. */
  readonly remedies: readonly Remedy[];
  /** What could not be cleaned up. */
  readonly left_behind: readonly LeftBehind[];
}

/** What an error says, as data for a program. Never its stack or its cause. */
export function errorDocument({ code, message, details, remedies, leftBehind }: JacoError): ErrorDocument {
  return { code, message, facts: details, remedies, left_behind: leftBehind };
}
