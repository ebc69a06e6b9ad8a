import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isSea } from 'node:sea';

/** Another program of our name, with the record that keeps two programs from handing on to each other for ever. */
export interface NextJaco {
  readonly path: string;
  /** For {@link handedOnVariable} in its environment. */
  readonly handedOn: string;
}

/** The name under which the daemon's own program is installed, and ours. */
const programName = 'jaco';

/**
 * Names the files that a command line has already been handed on from and to, as `device:inode` joined by commas:
 * another copy of ours continues the search after them, and a script that calls us back is not called again.
 */
export const handedOnVariable = 'JACO_HANDED_ON';

/**
 * The first `jaco` on PATH that is not this program under another name or through a link, and was not called before.
 * Undefined if there is no such program.
 */
export function findNextJaco(environment: NodeJS.ProcessEnv): NextJaco | undefined {
  const visited = [...(environment[handedOnVariable] ?? '').split(','), ...identitiesOf(ownFile())].filter(Boolean);
  for (const directory of (environment['PATH'] ?? '').split(delimiter)) {
    // An empty entry is the working directory, as in shells.
    const path = join(directory || '.', programName);
    const [identity] = isExecutable(path) ? identitiesOf(path) : [];
    if (identity !== undefined && !visited.includes(identity)) {
      return { path: directory === '' ? `./${programName}` : path, handedOn: [...visited, identity].join(',') };
    }
  }
  return undefined;
}

/** The file that this program runs from: the executable, or the script that Node runs. */
function ownFile(): string {
  return isSea() ? process.execPath : (process.argv[1] ?? process.execPath);
}

function identitiesOf(path: string): readonly string[] {
  const status = statusOf(path);
  return status === undefined ? [] : [`${status.dev}:${status.ino}`];
}

function isExecutable(path: string): boolean {
  if (statusOf(path)?.isFile() !== true) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not executable by this user.
    return false;
  }
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    // Missing, or unreadable.
    return undefined;
  }
}
