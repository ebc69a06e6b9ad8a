import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { acquireExclusiveLock } from '../../src/adapters/filesystem/exclusive-lock.js';

/** The repository, found from the compiled file. */
export const projectRoot = findProjectRoot(dirname(fileURLToPath(import.meta.url)));

/** Where our own contract is, which the engine's side reads too. */
export const protoDirectory = join(projectRoot, 'proto');

/** Where the Go program's sources are. */
export const engineSources = join(projectRoot, 'test/interop/peer');

/** The engine's side of the tests: the built Go program, or why this machine has none. */
export type EngineProgram =
  | { readonly kind: 'built'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Builds the Go program once for a state of its sources and gives its path. Test files run side by side, so whoever
 * comes first builds and the others wait. A program that does not compile is an error, not a reason to skip.
 */
export async function findEngineProgram(): Promise<EngineProgram> {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.error !== undefined || go.status !== 0) return { kind: 'missing', reason: 'there is no go command' };
  const directory = join(projectRoot, 'build/interop');
  const fingerprint = fingerprintSources(go.stdout);
  const path = join(directory, `peer-${fingerprint}`);
  for (;;) {
    if (existsSync(path)) return { kind: 'built', path };
    mkdirSync(directory, { recursive: true });
    const lock = await acquireExclusiveLock(directory, 'build');
    if (lock === undefined) {
      await sleep(200);
      continue;
    }
    try {
      if (existsSync(path)) continue;
      const modules = await runGo(['mod', 'download']);
      if (modules.status !== 0) return { kind: 'missing', reason: `its Go modules cannot be had: ${modules.errors}` };
      const built = await runGo(['build', '-o', `${path}.part`, '.']);
      if (built.status !== 0) throw new Error(`the Go program does not build:\n${built.errors}`);
      for (const stale of readdirSync(directory)) {
        if (/^peer-[0-9a-f]+$/.test(stale)) rmSync(join(directory, stale));
      }
      renameSync(`${path}.part`, path);
    } finally {
      await lock.release();
    }
  }
}

function runGo(parameters: readonly string[]): Promise<{ status: number | null; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', parameters, { cwd: engineSources, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, errors: errors.trim().split('\n').slice(-20).join('\n') }));
  });
}

function fingerprintSources(goVersion: string): string {
  const hash = createHash('sha256').update(goVersion);
  for (const name of readdirSync(engineSources).sort()) {
    if (/\.go$|^go\.(mod|sum)$/.test(name)) hash.update(name).update(readFileSync(join(engineSources, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

function findProjectRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findProjectRoot(dirname(from));
}
