import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoProgram, nowhere, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('words that are not UTF-8');
const scratch = scratchFor(test);

/** A shell's printf makes the bytes, which Node itself cannot pass on. */
function runWithBytes(command: string) {
  const end = spawnSync('sh', ['-c', command, process.execPath, jacoProgram], {
    cwd: scratch.directory('here'),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], JACO_SOCKET: nowhere, LC_ALL: 'C' },
  });
  assert.equal(readdirSync(scratch.path('here')), []);
  return end;
}

test('are refused before anything is done under another name', () => {
  const { status, stderr } = runWithBytes(`exec "$0" "$1" backup --output "$(printf 'caf\\351.tar.gz')"`);
  assert.is(status, 1);
  assert.is(
    stderr,
    'Error: "caf\u{fffd}.tar.gz" holds bytes that are not UTF-8. Rename the file, or reach it through a link whose path is UTF-8.\n',
  );
});

test('are refused in the environment of the program', () => {
  const command = `export JACO_DATA_DIR="$(printf '/tmp/caf\\351')"; exec "$0" "$1" restore --input a --name node-1`;
  assert.match(runWithBytes(command).stderr, /^Error: JACO_DATA_DIR holds bytes that are not UTF-8\. /);
});

test('do not matter in variables of others', () => {
  const command = `export OTHER="$(printf 'caf\\351')"; exec "$0" "$1" backup --output a`;
  assert.match(runWithBytes(command).stderr, /^Error: cannot reach the daemon /);
});

test('are distinguished from a replacement character that was really typed', async () => {
  const { stderr } = await runJaco(['backup', '--socket', nowhere, '--output', scratch.path('caf\u{fffd}')]);
  assert.match(stderr, /^Error: cannot reach the daemon /);
});

test.run();
