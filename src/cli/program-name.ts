import { basename } from 'node:path';
import { isSea } from 'node:sea';

/** The name that is only ours: `jaco` is also the name of the daemon's own program. */
const secondName = 'jaco-dr';

/** Our commands after `jaco` in texts. */
const calls =
  /\bjaco (?=(?:backup|restore|recover|drill|inspect|diff|list|prune|cluster status|audit|state|sandbox|completion|help|<command>|--help)\b)/g;

/** The name by which the program was called. */
export function calledName(): 'jaco' | 'jaco-dr' {
  const called = isSea() ? process.argv0 : (process.argv[1] ?? '');
  return basename(called) === secondName ? secondName : 'jaco';
}

/** A text for people, with our commands under this name, so that they can be typed as shown. */
export function asCalled(text: string, name: 'jaco' | 'jaco-dr'): string {
  return name === 'jaco' ? text : text.replace(calls, `${name} `);
}
