import { spawn } from 'node:child_process';
import { hostConfiguration } from '../cli/jaco-process.js';

/** A program that was started, with what it has printed. */
export interface Started {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Resolves once stdout holds `text`. @throws Error the program ended before */
  printed(text: string): Promise<void>;
  stop(): void;
}

/**
 * Starts an executable on a host that has no Node: no variable and no path is passed on.
 * @param configuration the path of the daemon's, as the executable sees it
 */
export function startExecutable(
  executable: string,
  parameters: readonly string[],
  directory: string,
  configuration = hostConfiguration,
): Started {
  const child = spawn(executable, parameters, {
    cwd: directory,
    env: { PATH: '/nonexistent', JACO_CONFIG: configuration, JACO_SOCKET: '/nonexistent/jaco' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Awaited<Started['ended']>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.stdout.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        ended.then(({ stderr }) => reject(new Error(`ended without printing "${text}":\n${stderr}`)), reject);
      }),
    stop: () => void child.kill('SIGTERM'),
  };
}

/** Runs it to its end and returns its stdout. @throws Error it failed */
export async function executableSucceeds(
  executable: string,
  words: string,
  directory: string,
  configuration = hostConfiguration,
): Promise<string> {
  const { code, stdout, stderr } = await startExecutable(executable, words.split(' '), directory, configuration).ended;
  if (code !== 0) throw new Error(`${words} ended with ${code}:\n${stderr}`);
  return stdout;
}
