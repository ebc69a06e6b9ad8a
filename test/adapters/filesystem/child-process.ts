import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process that has reached the point that a test needs. */
export interface WaitingProcess {
  readonly process: ChildProcess;
  /** Lets it end by itself, and waits for that. */
  end(): Promise<void>;
  /** Kills it with SIGKILL, and waits for its end. */
  kill(): Promise<void>;
}

/**
 * Starts a program and waits until it prints its first line, which must be `line`. It must end when its standard input
 * does.
 */
export async function startUntil(
  line: string,
  command: string,
  parameters: readonly string[],
): Promise<WaitingProcess> {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const output = await Promise.race([once(child.stdout, 'data'), exited]);
  if (String(output[0]).trim() !== line) throw new Error(`${command} said ${String(output[0])} instead of ${line}`);
  return {
    process: child,
    async end() {
      child.stdin.end();
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs an ES module given as text in another process. It prints `line` and stays until its standard input ends. */
export function startModule(line: string, source: string): Promise<WaitingProcess> {
  return startUntil(line, process.execPath, ['--input-type=module', '--eval', source]);
}
