import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * What a program of this machine prints; undefined when there is none on the PATH of `environment`, it fails, or it has
 * not ended within `deadlineMs` milliseconds, after which it is killed.
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
 * Looking takes a tenth of the time that it takes to start a process that is not there. Where there is no PATH at all, the
 * system knows where it looks, and may find it.
 */
async function isOnPath(program: string, path: string | undefined): Promise<boolean> {
  if (path === undefined) return true;
  const places = path.split(delimiter).map((directory) => access(join(directory, program), constants.X_OK));
  return (await Promise.allSettled(places)).some(({ status }) => status === 'fulfilled');
}
