import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jacoProgram } from './jaco-process.js';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that was started in place of a shell's `jaco …`. */
export interface StartedProgram {
  /** Sends a signal only to it. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves once stdout holds `text`. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<ProgramEnd>;
}

/** Installs a shell script as the program `jaco` in a directory, and returns its path. */
export function installScript(directory: string, script: string): string {
  const path = join(directory, 'jaco');
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Starts a copy of ours with these directories on PATH, before those in which the system's programs are. */
export function startBeside(
  directories: readonly string[],
  words: readonly string[],
  { program = jacoProgram, environment = {} as NodeJS.ProcessEnv, input = '', further = [] as number[] } = {},
): StartedProgram {
  const child = spawn(process.execPath, [program, ...words], {
    env: {
      PATH: [...directories, '/usr/bin', '/bin'].join(':'),
      JACO_CONFIG: '/dev/null',
      JACO_SOCKET: '/nonexistent/jaco',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe', ...further],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  child.stdin?.on('error', () => undefined).end(input);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  return {
    kill: (signal) => void child.kill(signal),
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.stdout.includes(text) && resolve();
        child.stdout?.on('data', look);
        look();
        void ended.then(({ stdout, stderr }) =>
          reject(new Error(`ended without printing "${text}": ${stdout}${stderr}`)),
        );
      }),
  };
}
