import { errorDocument } from '../../documents/error-document.js';
import { withEscapes } from '../../documents/json-escapes.js';
import { isJacoError } from '../../domain/errors.js';
import { printable } from '../../domain/values/printable-text.js';
import { remedyText } from './remedy-text.js';

/**
 * A failure for a program that expects JSON on stdout: `error` with its code, its sentence and next step as on stderr,
 * its facts and what was left behind. An unexpected failure has the code `unexpected`.
 */
export function failureJson(error: unknown): string {
  return withEscapes(JSON.stringify({ error: failureDocument(error) }, undefined, 2));
}

/** The same as a part of a document. */
export function failureDocument(error: unknown) {
  if (!isJacoError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'unexpected', message: printable(message, 500), next_step: null, facts: {}, left_behind: [] };
  }
  const { code, message, facts, left_behind, remedies } = errorDocument(error);
  return { code, message, next_step: remedyText(remedies) ?? null, facts, left_behind };
}
