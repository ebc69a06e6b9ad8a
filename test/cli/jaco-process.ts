import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How one run of the program ended. */
export interface JacoEnd {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Under which circumstances the program runs. */
export interface Circumstances {
  /** Added to an environment without JACO's variables; undefined removes a variable. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  /** The user and group that it runs as. */
  readonly user?: number;
  /** Another copy of the program. */
  readonly program?: string;
  /** A file descriptor that takes the place of a pipe. */
  readonly stdout?: number;
  readonly stdin?: number;
}

/** The program while it runs. */
export interface RunningJaco {
  readonly process: ChildProcess;
  readonly ended: Promise<JacoEnd>;
  /** Everything that it has printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Resolves once stdout holds `text`. @throws Error the program ended before */
  printed(text: string): Promise<void>;
}

/** The built program, as `npm run build` leaves it. */
export const jacoProgram = fileURLToPath(new URL('../../../dist/jaco.js', import.meta.url));

/** No single run takes longer in these tests, in milliseconds. */
const patienceMs = 60_000;

/** A path that does not exist. */
export const nowhere = '/nonexistent/jaco';

/** A configuration that decides the addresses of a restored node, 10.0.0.5:7001 and 10.0.0.5:7000. */
export const hostConfiguration = fileURLToPath(new URL('../../../test/fixtures/host/jacod.yaml', import.meta.url));

/**
 * What the program is told of this machine: nothing. No configuration of its daemon, no jacod on the path, and no socket
 * of one that happens to run here.
 */
const sealedEnvironment = { JACO_CONFIG: hostConfiguration, PATH: nowhere, JACO_SOCKET: nowhere, NO_COLOR: '1' };

/** Starts the built `jaco` as an operator would. */
export function startJaco(parameters: readonly string[], circumstances: Circumstances = {}): RunningJaco {
  const { environment, directory, user, program = jacoProgram, stdout = 'pipe', stdin = 'ignore' } = circumstances;
  if (!existsSync(program)) throw new Error(`${program} is missing: build it first (npm run build)`);
  const child = spawn(process.execPath, [program, ...parameters], {
    cwd: directory,
    env: { ...sealedEnvironment, ...environment },
    stdio: [stdin, stdout, 'pipe'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<JacoEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    process: child,
    ended,
    output: () => output,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.stdout.includes(text)) resolve();
        };
        child.stdout?.on('data', look);
        look();
        ended.then(({ stderr }) => reject(new Error(`jaco ended without printing "${text}":\n${stderr}`)), reject);
      }),
  };
}

/** Runs the built `jaco` to its end. */
export function runJaco(parameters: readonly string[], circumstances: Circumstances = {}): Promise<JacoEnd> {
  return startJaco(parameters, circumstances).ended;
}

/** Runs it and returns its standard output; a failure throws an error with its stderr. */
export async function jacoSucceeds(parameters: readonly string[], circumstances: Circumstances = {}): Promise<string> {
  const { code, stdout, stderr } = await runJaco(parameters, circumstances);
  if (code !== 0) throw new Error(`jaco ${parameters.join(' ')} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** Runs it and returns the one line of its error, which begins with "Error: ". @throws Error it behaved differently */
export async function jacoFails(parameters: readonly string[], circumstances: Circumstances = {}): Promise<string> {
  const { code, stdout, stderr } = await runJaco(parameters, circumstances);
  if (code !== 1 || stdout !== '' || !/^Error: [^\n]*\n$/.test(stderr)) {
    throw new Error(`jaco ${parameters.join(' ')} ended with ${code}, stdout "${stdout}", stderr "${stderr}"`);
  }
  return stderr.trimEnd();
}
