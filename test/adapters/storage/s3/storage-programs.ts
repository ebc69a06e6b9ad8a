import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireExclusiveLock } from '../../../../src/adapters/filesystem/exclusive-lock.js';
import { projectRoot } from '../../../interop/engine-program.js';

/** A server of object storage that others wrote, or why this machine has none. */
export type StorageProgram =
  | { readonly kind: 'there'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** What the tests run against. */
const versitygwVersion = 'v1.8.0';
const motoVersion = '5.2.1';

const place = join(projectRoot, 'build/object-storage');

/** versitygw, built by the Go command: a gateway that keeps objects as files. */
export function findVersitygw(): Promise<StorageProgram> {
  return findGoProgram('versitygw', 'github.com/versity/versitygw/cmd/versitygw', versitygwVersion);
}

/** A directory with the program of a Go module, built by the Go command. */
export function findGoProgram(name: string, module: string, version: string): Promise<StorageProgram> {
  return prepared('go', ['version'], 'there is no go command', `${name}-${version}`, (directory) => {
    const environment = { ...process.env, GOBIN: directory };
    const { status } = spawnSync('go', ['install', `${module}@${version}`], { env: environment, stdio: 'ignore' });
    return status === 0 ? undefined : `${name} could not be had`;
  });
}

/** moto, a Python program that answers as AWS would and keeps objects in memory. */
export function findMoto(): Promise<StorageProgram> {
  return prepared('python3', ['--version'], 'python3 is not installed', `moto-${motoVersion}`, (directory) => {
    const install = ['-m', 'pip', 'install', '--quiet', '--target', directory, `moto[s3,server]==${motoVersion}`];
    return spawnSync('python3', install, { stdio: 'ignore' }).status === 0
      ? undefined
      : 'the Python packages could not be had';
  });
}

/** Makes a directory once: the first caller makes it, the others wait. */
async function prepared(
  command: string,
  question: readonly string[],
  absent: string,
  name: string,
  fill: (directory: string) => string | undefined,
): Promise<StorageProgram> {
  if (spawnSync(command, question, { stdio: 'ignore' }).status !== 0) return { kind: 'missing', reason: absent };
  const path = join(place, name);
  for (;;) {
    if (existsSync(path)) return { kind: 'there', path };
    mkdirSync(place, { recursive: true });
    const lock = await acquireExclusiveLock(place, name);
    if (lock === undefined) {
      await sleep(200);
      continue;
    }
    try {
      if (existsSync(path)) continue;
      const part = `${path}.part`;
      rmSync(part, { recursive: true, force: true });
      mkdirSync(part);
      const reason = fill(part);
      if (reason !== undefined) return { kind: 'missing', reason };
      renameSync(part, path);
    } finally {
      await lock.release();
    }
  }
}
