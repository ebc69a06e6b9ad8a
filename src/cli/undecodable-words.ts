import { readFileSync } from 'node:fs';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { printable } from '../domain/values/printable-text.js';

/** Node's replacement for bytes that are not UTF-8. */
const replacement = '\u{fffd}';

/**
 * Refuses words of the command line, and variables of this program, whose bytes are not UTF-8: Node has replaced them,
 * and a file would be written under a different name.
 * @throws request_invalid
 */
export function refuseUndecodableWords(words: readonly string[], environment: NodeJS.ProcessEnv): void {
  const word = words.find((each) => each.includes(replacement));
  if (word !== undefined && !areUtf8('/proc/self/cmdline')) throw undecodable(`"${printable(word, 300)}"`);
  const name = Object.keys(environment).find(
    (each) => each.startsWith('JACO_') && environment[each]?.includes(replacement) === true,
  );
  if (name !== undefined && !areUtf8('/proc/self/environ')) throw undecodable(name);
}

/**
 * Whether the operator typed the replacement character itself: the system shows the original bytes (proc(5)). If it
 * does not, assume so.
 */
function areUtf8(path: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    return true;
  } catch (error) {
    return !(error instanceof TypeError);
  }
}

function undecodable(what: string): JacoError {
  return new JacoError('request_invalid', `${what} holds bytes that are not UTF-8.`, {
    remedies: [advice('Rename the file, or reach it through a link whose path is UTF-8.')],
  });
}
