import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Engine } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { projectRoot } from './engine-program.js';

/** How one run of the program ended. */
export interface JacoRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = join(projectRoot, 'dist/jaco.js');

/** No single command takes longer in these tests. */
const patienceMs = 120_000;

/** Starts the built `jaco` as an operator would, with nothing of this machine's own configuration. */
export function startJaco(
  engine: Engine,
  parameters: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  if (!existsSync(program)) throw new Error(`${program} is missing: build it first (npm run build)`);
  const configuration = engine.path('jacod.yaml');
  writeFileSync(configuration, '{}\n');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('JACO_')));
  return spawn(process.execPath, [program, ...parameters], {
    env: { ...environment, JACO_CONFIG: configuration, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `jaco` to its end. */
export function jaco(engine: Engine, ...parameters: readonly string[]): Promise<JacoRun> {
  const child = startJaco(engine, parameters);
  const giveUp = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  return new Promise((resolve, reject) => {
    const run = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        run[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(giveUp);
      resolve({ code, ...run });
    });
  });
}

/** Runs `jaco` and returns its standard output; a failure throws an error with its stderr. */
export async function jacoSucceeds(engine: Engine, ...parameters: readonly string[]): Promise<string> {
  const run = await jaco(engine, ...parameters);
  if (run.code !== 0) throw new Error(`jaco ${parameters[0]} ended with ${run.code}:\n${run.stderr}`);
  return run.stdout;
}

/** Backs up the daemon at a socket and returns the archive's path. */
export async function backUpAt(engine: Engine, socket: string, name: string): Promise<string> {
  const archive = engine.path(name);
  await jacoSucceeds(engine, 'backup', '--socket', socket, '--output', archive);
  return archive;
}

/** Backs up a node over its socket and returns the archive's path. */
export function backUp(engine: Engine, node: EngineNode, name: string): Promise<string> {
  return backUpAt(engine, node.options.socket as string, name);
}

/** A data directory that `jaco restore` primed, as the options of the node that will boot it. */
export async function restoreAs(
  engine: Engine,
  archive: string,
  id: string,
  { address, flags = [] }: { readonly address?: string; readonly flags?: readonly string[] } = {},
): Promise<RestoredNode> {
  const dataDirectory = engine.path(id);
  const raftAddress = address ?? (await engine.freeAddress());
  await jacoSucceeds(
    engine,
    ...['restore', '--input', archive, '--name', id, '--data-dir', dataDirectory],
    ...['--advertise-addr', raftAddress, '--daemon-version', '0.0.1-dev', '--socket', engine.path('absent.sock')],
    ...flags,
  );
  return { id, dataDirectory, raftAddress, socket: engine.path(`${id}.sock`) };
}

export interface RestoredNode {
  readonly id: string;
  readonly dataDirectory: string;
  readonly raftAddress: string;
  readonly socket: string;
}
