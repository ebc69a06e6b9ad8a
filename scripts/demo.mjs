// The main job from scratch: backs up a cluster over gRPC, restores its archive into a fresh data directory, and boots
// the restored node as the single voter. Everything stays in demo-output/ for inspection.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const program = join(root, 'dist/jaco.js');
const output = join(root, 'demo-output');
// A socket's path has at most 107 characters, but the clone's may be longer.
const sockets = mkdtempSync(join(tmpdir(), 'jaco-demo-'));
const place = (/** @type {string} */ name) => relative(process.cwd(), join(output, name));

/** @param {readonly string[]} parameters */
function show(parameters) {
  console.log(`\n$ jaco ${parameters.join(' ')}`);
}

/** @param {string[]} parameters */
function jaco(...parameters) {
  show(parameters);
  const { status } = spawnSync(process.execPath, [program, ...parameters], { stdio: ['ignore', 1, 1] });
  if (status !== 0) throw new Error(`jaco ${parameters[0]} ended with ${status}`);
}

/**
 * Starts a sandbox and waits until it is ready; returns a function that stops it.
 * @param {string[]} parameters
 */
async function startSandbox(...parameters) {
  show(['sandbox', ...parameters, '&']);
  const child = spawn(process.execPath, [program, 'sandbox', ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  let text = '';
  for await (const chunk of child.stdout) {
    process.stdout.write(chunk);
    text += chunk;
    if (text.includes('Ready.')) break;
  }
  if (!text.includes('Ready.')) throw new Error('the sandbox did not start');
  return async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    running.delete(child);
  };
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

try {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const [cluster, recovered] = [join(sockets, 'cluster.sock'), join(sockets, 'recovered.sock')];

  console.log('# A cluster of one node, with a few deployments, routes and tokens in it');
  const stopCluster = await startSandbox('--data-dir', place('cluster'), '--socket', cluster, '--name', 'node-1');
  jaco('cluster', 'status', '--socket', cluster);

  console.log('\n# It is backed up, and lost');
  jaco('backup', '--socket', cluster, '--output', place('cluster.tar.gz'));
  jaco('audit', '--type', 'backup_taken', '--socket', cluster);
  await stopCluster();
  rmSync(join(output, 'cluster'), { recursive: true });

  console.log('\n# Only the file is left: it is restored on another host');
  const target = ['--name', 'node-7', '--data-dir', place('recovered'), '--advertise-addr', '10.0.0.7:7001'];
  jaco('restore', '--input', place('cluster.tar.gz'), ...target, '--socket', recovered);
  const stopRecovered = await startSandbox('--data-dir', place('recovered'), '--socket', recovered);
  jaco('cluster', 'status', '--socket', recovered);
  jaco('audit', '--type', 'restore_completed', '--socket', recovered);
  await stopRecovered();

  console.log(`\nThe archive and the restored data directory are in ${output}:`);
  console.log(`  ${place('cluster.tar.gz')}`);
  console.log(`  ${place('recovered')}/`);
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(sockets, { recursive: true, force: true });
}
