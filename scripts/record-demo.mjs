// Runs the built program through its main job and draws its output as docs/demo.svg. With --check it writes nothing and
// fails if the picture differs. The clock and the hostname are fixed (demo-stage.mjs); only `steady` replaces what
// still varies between runs, mostly random keys and ids.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { terminalPicture } from './terminal-picture.mjs';

const root = new URL('..', import.meta.url).pathname;
const picture = join(root, 'docs/demo.svg');
const here = mkdtempSync(join(tmpdir(), 'jaco-demo-'));
/** The last lines of a sandbox's output. */
const lastWords = 'Stop it with Ctrl-C.\n';
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** The output of a run, without the parts that differ in each run. @param {string} text */
function steady(text) {
  return text
    .replaceAll(here, '/tmp/try')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '7d0c1f52-3a4e-4b6f-9c1d-5e8a2b90f314')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '9f2c4e6a81b3d5f7'.repeat(4))
    .replaceAll(/^Wrote \d+ bytes/gm, 'Wrote 1570 bytes')
    .replaceAll(/^(Size: +)\S.*$/gm, '$11.5 KiB (1570 bytes), compressed 1.3:1');
}

/** @param {string} command @param {string} output @returns {string[]} */
function shown(command, output) {
  return [`$ jaco ${command}`, ...steady(output).trimEnd().split('\n'), ''];
}

/**
 * The program on its stage: after `minutes` minutes, and without this machine's settings. @param {string} command
 * @param {number} minutes
 */
function call(command, minutes) {
  const stage = ['--import', join(root, 'scripts/demo-stage.mjs')];
  // Both streams into one, in order, as a terminal shows them.
  const merged = ['-c', 'exec "$@" 2>&1', 'sh', process.execPath, ...stage];
  const time = Date.UTC(2026, 4, 25, 10, minutes);
  const env = { PATH: '/nonexistent', TMPDIR: here, JACO_CONFIG: '/dev/null', JACO_STAGE_TIME_MS: String(time) };
  return { parameters: [...merged, join(root, 'dist/jaco.js'), ...command.split(' ')], options: { cwd: here, env } };
}

/** @param {string} command @param {number} minutes */
function jaco(command, minutes) {
  const { parameters, options } = call(command, minutes);
  const { status, stdout } = spawnSync('/bin/sh', parameters, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`jaco ${command} ended with ${status}: ${stdout}`);
  return shown(command, stdout);
}

/** Starts a sandbox and waits until it is ready. @param {string} directory @param {number} minutes */
async function sandbox(directory, minutes) {
  const command = `sandbox --data-dir ${directory}`;
  const { parameters, options } = call(command, minutes);
  const child = spawn('/bin/sh', parameters, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  running.add(child);
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.endsWith(lastWords)) break;
  }
  if (!output.endsWith(lastWords)) throw new Error(`the sandbox did not start: ${output}`);
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    running.delete(child);
  };
  return { lines: shown(`${command} &`, output), stop };
}

try {
  const cluster = await sandbox('cluster', 0);
  const status = jaco('cluster status --socket cluster/jaco.sock', 1);
  const backup = jaco('backup --socket cluster/jaco.sock --output cluster.tar.gz', 2);
  await cluster.stop();
  const inspection = jaco('inspect cluster.tar.gz', 3);
  const drill = jaco('drill --input cluster.tar.gz', 4);
  mkdirSync(join(here, 'restored'));
  const restore = jaco('restore --input cluster.tar.gz --name node-1 --data-dir restored', 5);
  const restored = await sandbox('restored', 6);
  const recovered = jaco('cluster status --socket restored/jaco.sock', 7);
  const audit = jaco('audit --socket restored/jaco.sock --type restore_completed', 8);
  await restored.stop();
  const screens = [
    [...cluster.lines, ...status, ...backup],
    inspection,
    drill,
    restore,
    [...restored.lines, ...recovered, ...audit],
  ];
  const title = 'A terminal: jaco backs up a cluster, looks into the file, rehearses its restore, and restores it';
  const text = terminalPicture(title, screens);
  if (!process.argv.includes('--check')) writeFileSync(picture, text);
  else if (readFileSync(picture, 'utf8') !== text) {
    console.error('docs/demo.svg does not show what the program prints. Run npm run generate.');
    process.exitCode = 1;
  }
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(here, { recursive: true, force: true });
}
