import { isJacoError, type JacoError, leftBehindBy } from '../../domain/errors.js';
import { printable } from '../../domain/values/printable-text.js';
import { leftBehindText } from './left-behind-text.js';
import { remedyText } from './remedy-text.js';

/**
 * A failure as one line for stderr: `Error: ` and a sentence with its next step; a daemon's own error as `Error:
 * <code>: <message>`. An unexpected error is shown with its message, and how to report it. What could not be cleaned up
 * comes at the end.
 */
export function errorText(error: unknown): string {
  if (isJacoError(error)) return `Error: ${errorSentence(error)}`;
  const message = error instanceof Error ? `${nameOf(error)}${error.message}` : String(error);
  const told = `Error: unexpected failure: ${printable(message, 500).replace(/\.$/, '')}. Please report it with the command that was run; JACO_DEBUG=1 shows where it happened.`;
  return followedBy(told, leftBehindText(leftBehindBy(error)));
}

/** The kind of error, if its class is more specific than Error. */
function nameOf({ name }: Error): string {
  return name === 'Error' ? '' : `${name}: `;
}

/** An expected failure as its sentence with its remedies, and what could not be cleaned up. */
export function errorSentence({ message, remedies, leftBehind }: JacoError): string {
  return followedBy(followedBy(message, remedyText(remedies) ?? ''), leftBehindText(leftBehind));
}

function followedBy(text: string, sentence: string): string {
  if (sentence === '') return text;
  return `${text}${/[.!?]$/.test(text) ? '' : '.'} ${sentence}`;
}
