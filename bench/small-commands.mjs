// What an operator waits for with a real cluster's archive, which has a few kilobytes.
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { clear, program, root, workDirectory } from './runs.mjs';

const archive = join(root, 'test/fixtures/same-state-1.tar.gz');

/** Node with nothing to do. */
export const idleNode = { name: 'node -e 0', command: [process.execPath, '-e', '0'], plain: true };

/**
 * The contenders while a daemon serves the archive, which ends with `stop`.
 * @param {string} build the jaco.js of a build
 * @param {string} label behind the name of each
 */
export async function smallCommands(build = program, label = '') {
  const [target, output, socket] = /** @type {[string, string, string]} */ (
    ['small', 'small-output.tar.gz', 'small.sock'].map((name) => join(workDirectory, `${name}${label.trim()}`))
  );
  const daemon = await serveArchive(archive, `unix:${socket}`);
  const restore = ['restore', '--input', archive, '--name', 'bench', '--advertise-addr', '10.0.0.1:7001'];
  const commands = /** @type {const} */ ([
    ['--version', ['--version']],
    ['--help', ['--help']],
    ['inspect', ['inspect', archive]],
    ['restore', [...restore, '--data-dir', target, '--socket', '/nonexistent']],
    ['backup, unix socket', ['backup', '--socket', socket, '--output', output]],
  ]);
  return {
    contenders: commands.map(([name, words]) => ({
      name: `jaco ${name}${label}`,
      prepare() {
        clear(target);
        clear(output);
      },
      command: [process.execPath, build, ...words],
      plain: true,
    })),
    stop() {
      daemon.stop();
      clear(target);
      clear(output);
    },
  };
}
