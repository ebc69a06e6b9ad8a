import { execFile } from 'node:child_process';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Write for the group and for others. */
const othersMayWrite = 0o022;

/**
 * The output of a program on this machine; undefined if it is not on the PATH of `environment`, fails, or has not ended
 * within `deadlineMs` milliseconds, after which it is killed. Root runs only what is root's own: a program that others
 * can change, found by its mere name, counts as absent.
 */
export async function outputOf(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  deadlineMs: number,
): Promise<string | undefined> {
  if (!(await isOnPath(program, environment['PATH']))) return undefined;
  try {
    const options = { timeout: deadlineMs, killSignal: 'SIGKILL', env: { ...environment } } as const;
    const { stdout } = await promisify(execFile)(program, [...words], options);
    return stdout;
  } catch {
    return undefined;
  }
}

/**
 * A search is much cheaper than a failed attempt to start a process. Without any PATH, the system's default applies,
 * and may find the program.
 */
async function isOnPath(program: string, path: string | undefined): Promise<boolean> {
  if (path === undefined) return true;
  const places = path.split(delimiter).map(async (directory) => {
    const place = join(directory, program);
    await access(place, constants.X_OK);
    return place;
  });
  const found = (await Promise.allSettled(places)).find((end) => end.status === 'fulfilled');
  return found !== undefined && (!isRoot() || belongsToRoot(found.value));
}

const isRoot = () => process.getuid?.() === 0;

/**
 * Whether only root can have put a program there: it, its directory, and that of a link to it are root's, and not open to
 * others.
 */
async function belongsToRoot(path: string): Promise<boolean> {
  const real = await realpath(path);
  const owners = await Promise.all([real, dirname(real), dirname(path)].map((place) => stat(place)));
  return owners.every(({ uid, mode }) => uid === 0 && (mode & othersMayWrite) === 0);
}
