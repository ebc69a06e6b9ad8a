// Runs commands in turn, A B C A B C …, so that a machine whose speed drifts drifts for all of them, and gives medians.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = new URL('..', import.meta.url).pathname;
export const program = join(root, 'dist/jaco.js');

/** Where archives are kept from one benchmark to the next, and everything is written. */
export const workDirectory = process.env['JACO_BENCH_DIR'] ?? join(tmpdir(), 'jaco-bench');
mkdirSync(workDirectory, { recursive: true });

export const mebibyte = 1024 * 1024;

/**
 * The archive of a state of so many MiB, made when it is missing.
 * @param {number} sizeMebibytes @param {'large' | 'small' | 'named'} records of one or two kilobytes, of some 150 bytes,
 * or each with a name of its own, as a daemon writes them
 */
export function archiveOf(sizeMebibytes, records = 'large') {
  const path = join(workDirectory, `${records === 'large' ? '' : `${records}-`}state-${sizeMebibytes}.tar.gz`);
  if (!existsSync(path)) {
    console.error(`making ${path} …`);
    makeArchive(path, sizeMebibytes * mebibyte, records);
  }
  return path;
}

/** Makes the archive of a state of so many bytes. @param {string} path @param {number} sizeBytes @param {string} records */
export function makeArchive(path, sizeBytes, records = 'large') {
  const maker = [join(root, 'bench/archive-maker.mjs'), path, String(sizeBytes), records];
  const { status } = spawnSync(process.execPath, maker, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${path} could not be made`);
}

/**
 * The archive of a state of so many MiB, sealed, and the keyring that opens it; both are made when they are missing.
 * @param {number} sizeMebibytes
 */
export async function sealedArchiveOf(sizeMebibytes) {
  const ring = await keyringOf('ring');
  const path = join(workDirectory, `sealed-state-${sizeMebibytes}.tar.gz`);
  if (!existsSync(path)) {
    const plain = archiveOf(sizeMebibytes);
    console.error(`making ${path} …`);
    clear(`${path}.new`);
    const to = ['--file', `${path}.new`, '--key-file', ring, '--max-snapshot-size', '64GiB'];
    const words = ['state', 'reencrypt-backup', '--allow-legacy-plaintext', '--input', plain, ...to];
    await run({ command: [process.execPath, program, ...words] });
    renameSync(`${path}.new`, path);
  }
  return { path, ring };
}

/** The keyring of a name, which keeps what `earlier` opens. @param {string} name @param {string | undefined} earlier */
export async function keyringOf(name, earlier = undefined) {
  const path = join(workDirectory, `${name}.json`);
  if (!existsSync(path)) {
    const kept = earlier === undefined ? [] : ['--retain-file', earlier];
    const words = ['state', 'keygen', '--file', path, '--key-id', `bench-${name}`, ...kept];
    await run({ command: [process.execPath, program, ...words] });
  }
  return path;
}

/** @typedef {{ readonly wallMs: number, readonly cpuMs: number | undefined, readonly peakMebibytes: number | undefined, readonly readMebibytes: number | undefined }} Run */
/** @typedef {{ readonly name: string, readonly prepare?: () => void, readonly command: readonly string[], readonly plain?: boolean, readonly environment?: Readonly<Record<string, string>> }} Contender */

// Node reads the certificates of NODE_EXTRA_CA_CERTS at every start, which takes 50 ms with Node 20: no operator's shell has it.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

/** How many commands this process has run. */
let started = 0;

/**
 * Runs one command to its end; several may run at a time. Of Node's own processes it also tells the processor time and the peak
 * of resident memory, unless it is `plain`: what counts them is loaded first, which takes time of its own.
 * @param {Pick<Contender, 'command' | 'plain' | 'environment'>} contender @returns {Promise<Run>}
 */
export function run({ command, plain = false, environment: own = {} }) {
  started += 1;
  const report = join(workDirectory, `usage-${process.pid}-${started}.json`);
  const [name = '', ...parameters] = command;
  const isNode = name === process.execPath && !plain;
  const preload = isNode ? ['--import', join(root, 'bench/report-usage.mjs')] : [];
  const startedAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(name, [...preload, ...parameters], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...environment, ...own, JACO_BENCH_USAGE: report, JACO_CONFIG: '' },
    });
    let complaints = '';
    child.stderr.on('data', (text) => (complaints += text));
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = performance.now() - startedAtMs;
      if (code !== 0) return reject(new Error(`${command.join(' ')} ended with ${code}: ${complaints}`));
      const usage = isNode && existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
      rmSync(report, { force: true });
      resolve({ wallMs, cpuMs: usage.cpuMs, peakMebibytes: usage.peakMebibytes, readMebibytes: usage.readMebibytes });
    });
  });
}

/** @param {readonly Contender[]} contenders @param {number} rounds @returns {Promise<Map<string, Run[]>>} */
export async function race(contenders, rounds) {
  /** @type {Map<string, Run[]>} */
  const runs = new Map(contenders.map(({ name }) => [name, []]));
  // The first round only warms the caches.
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      contender.prepare?.();
      const result = await run(contender);
      if (round > 0) runs.get(contender.name)?.push(result);
    }
  }
  return runs;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The ratio round by round, of which the median holds where the speed of the machine drifts. @param {Run[]} ours @param {Run[]} theirs */
export function ratio(ours, theirs) {
  return median(ours.map(({ wallMs }, round) => wallMs / (theirs[round]?.wallMs ?? Number.NaN)));
}

/** Prints medians, and what the first contender's wall time is of each other's. @param {Map<string, Run[]>} runs */
export function printRace(runs) {
  const [[, ours = []] = []] = runs;
  for (const [name, results] of runs) {
    const wall = results.map(({ wallMs }) => wallMs);
    const peak = results.flatMap(({ peakMebibytes }) => peakMebibytes ?? []);
    const cpu = results.flatMap(({ cpuMs }) => cpuMs ?? []);
    console.log(
      [
        name.padEnd(44),
        `${(median(wall) / 1000).toFixed(3)} s`.padStart(10),
        `(${(Math.min(...wall) / 1000).toFixed(3)} to ${(Math.max(...wall) / 1000).toFixed(3)})`.padStart(20),
        (cpu.length === 0 ? '' : `cpu ${(median(cpu) / 1000).toFixed(3)} s`).padStart(13),
        (peak.length === 0 ? '' : `${median(peak).toFixed(0)} MiB`).padStart(9),
        results === ours ? '' : `ours is ${ratio(ours, results).toFixed(2)} of it`,
      ].join(' '),
    );
  }
}

/** Removes what a run left. @param {string} path */
export function clear(path) {
  rmSync(path, { recursive: true, force: true });
}

/** @param {string} path */
export function sizeOf(path) {
  return statSync(path).size;
}

/** A number given on the command line as `--name value`. @param {string} name @param {number} otherwise */
export function numberFrom(name, otherwise) {
  const word = wordFrom(name);
  return word === undefined ? otherwise : Number(word);
}

/** A word given on the command line as `--name word`. @param {string} name */
export function wordFrom(name) {
  const position = process.argv.indexOf(`--${name}`);
  return position < 0 ? undefined : process.argv[position + 1];
}
