import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** No command takes longer, in milliseconds; the build goes on without one that does. */
const longestMs = 60_000;

/**
 * Precompiles the commands that an operator waits for: each runs once, on data of its own. What does not work here (a
 * socket, for example) only makes the code of a command less complete.
 * @param {string} root where the sources lie
 * @param {string} dist where the built program lies
 * @param {string} [node] the Node that will run it
 */
export async function precompileCommands(root, dist, node = process.execPath) {
  const work = mkdtempSync(join(tmpdir(), 'jaco-precompile-'));
  const at = (/** @type {string} */ name) => join(work, name);
  const archive = join(root, 'test/fixtures/same-state-1.tar.gz');
  const absent = at('absent.sock');
  // Nothing of this host: no jacod.yaml, no profile, no keyring.
  const env = { PATH: process.env['PATH'], HOME: work, JACO_CONFIG: '/dev/null' };
  const precompile = (/** @type {string[]} */ ...words) =>
    spawnSync(node, [join(root, 'scripts/precompile.mjs'), dist, ...words], {
      env,
      stdio: 'ignore',
      timeout: longestMs,
    });
  const target = ['--name', 'node-1', '--advertise-addr', '10.0.0.1:7001', '--grpc-addr', '10.0.0.1:7000'];
  const sandbox = spawn(
    node,
    [join(dist, 'jaco.js'), 'sandbox', '--data-dir', at('sandbox'), '--socket', at('jaco.sock')],
    { env, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  try {
    precompile('restore', '--input', archive, '--data-dir', at('restored'), '--socket', absent, ...target);
    precompile('recover', '--from', at('restored'), '--data-dir', at('recovered'), '--socket', absent, ...target);
    precompile('inspect', archive);
    precompile('drill', '--input', archive);
    await new Promise((resolve) => {
      sandbox.stdout.once('data', resolve);
      sandbox.once('close', resolve);
      setTimeout(resolve, longestMs).unref();
    });
    precompile('backup', '--socket', at('jaco.sock'), '--output', at('backups/cluster-%F.tar.gz'), '--keep', '2');
    precompile('list', at('backups'));
  } finally {
    sandbox.kill('SIGKILL');
    rmSync(work, { recursive: true, force: true });
  }
}
