import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostConfiguration, jacoProgram, nowhere } from '../cli/jaco-process.js';

/** A file or directory that a run made, with the mode that it had at its creation or at some time after. */
export interface Creation {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
}

/** What a run created, and how that was found out. */
export interface WatchedRun {
  readonly creations: readonly Creation[];
  readonly by: string;
}

/** The calls by which files and directories come to be, or change their mode. */
const calls = 'open,openat,creat,mkdir,mkdirat,chmod,fchmod,fchmodat';

/** The path of strace; empty if it is missing, or may not trace. */
const strace = pathOfStrace();
const hasStrace = strace !== '';

/** The program gets no settings of this machine. */
const env = { JACO_CONFIG: hostConfiguration, PATH: nowhere, JACO_SOCKET: nowhere, NO_COLOR: '1' };

/**
 * Runs `jaco` under a umask until it ends, or prints `until` and is then asked to stop, and gives all that it created:
 * by its system calls where strace is there to tell them, else by looking at `root` again and again.
 */
export async function watchCreations(
  root: string,
  umask: number,
  words: readonly string[],
  until?: string,
): Promise<WatchedRun> {
  const log = `${root}.strace`;
  const program = [process.execPath, jacoProgram, ...words];
  const [command, ...parameters] = hasStrace
    ? [strace, '-f', '-qq', '-I', 'never', '-s', '4096', '-e', `trace=${calls}`, '-o', log, ...program]
    : program;
  const before = process.umask(umask);
  const child = spawn(command as string, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  process.umask(before);
  const seen = new Map<string, Creation>();
  const polling = hasStrace ? undefined : setInterval(() => look(root, seen), 0);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      const begun = until !== undefined && output.includes(until);
      output += text.toString();
      if (until !== undefined && !begun && output.includes(until)) stop(child.pid as number);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(polling);
  if (code !== 0) throw new Error(`jaco ${words.join(' ')} ended with ${code}: ${output}`);
  if (!hasStrace) return { creations: [...seen.values()], by: 'polling' };
  return { creations: creationsIn(readFileSync(log, 'utf8')), by: 'strace' };
}

function pathOfStrace(): string {
  const path = spawnSync('sh', ['-c', 'command -v strace']).stdout.toString().trim();
  return path !== '' && spawnSync(path, ['-qq', '-e', 'trace=none', 'true']).status === 0 ? path : '';
}

/** Asks the program to stop, which strace runs as its child. */
function stop(processId: number): void {
  const children = hasStrace ? readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8') : `${processId}`;
  // It may have just ended; signalling process 0 would reach all of our processes.
  for (const child of children.split(' ').filter((text) => /^[1-9]/.test(text))) process.kill(Number(child), 'SIGTERM');
}

/** The successful calls of a log of strace; one that was interrupted by another thread's is in it too, with its mode. */
function creationsIn(log: string): readonly Creation[] {
  const creations: Creation[] = [];
  for (const line of log.split('\n')) {
    if (/= -1 E/.test(line)) continue;
    const file = / open(?:at)?\((?:AT_FDCWD, )?"([^"]*)", \S*O_CREAT\S*, (0\d*)/.exec(line);
    const directory = / mkdir(?:at)?\((?:AT_FDCWD, )?"([^"]*)", (0\d*)/.exec(line);
    const changed = / chmod\("([^"]*)", (0\d*)/.exec(line);
    const [kind, match] = file !== null ? (['file', file] as const) : (['directory', directory ?? changed] as const);
    if (match !== null)
      creations.push({ path: match[1] as string, kind, mode: Number.parseInt(match[2] as string, 8) });
  }
  return creations;
}

function look(directory: string, seen: Map<string, Creation>): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    try {
      const status = lstatSync(path);
      const [kind, mode] = [status.isDirectory() ? 'directory' : 'file', status.mode & 0o777] as const;
      if (status.isDirectory() || status.isFile()) seen.set(`${path} ${mode}`, { path, kind, mode });
      if (status.isDirectory()) look(path, seen);
    } catch {
      // It was renamed or removed between the two looks.
    }
  }
}
