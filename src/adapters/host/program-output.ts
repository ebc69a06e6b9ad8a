import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The output of a program on this machine; undefined if it is not on the PATH of `environment`, fails, or has not ended
 * within `deadlineMs` milliseconds, after which it is killed.
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
  const places = path.split(delimiter).map((directory) => access(join(directory, program), constants.X_OK));
  return (await Promise.allSettled(places)).some(({ status }) => status === 'fulfilled');
}
