import { isJacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';

/**
 * A failure as one line for stderr: `Error: ` and a sentence with its next step; a daemon's own error as
 * `Error: <code>: <message>`. What was not foreseen is told with its message, and how to report it.
 */
export function errorText(error: unknown): string {
  if (isJacoError(error)) {
    if (error.nextStep === undefined) return `Error: ${error.message}`;
    const end = /[.!?]$/.test(error.message) ? '' : '.';
    return `Error: ${error.message}${end} ${error.nextStep}`;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `Error: unexpected failure: ${printable(message, 500)}. Please report it with the command that was run; JACO_DEBUG=1 shows where it happened.`;
}
