import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skipCases } from '../skipping.js';
import { jacoProgram } from './jaco-process.js';
import { installScript, type ProgramEnd, startBeside } from './other-jaco.js';
import { hasPseudoTerminals } from './pseudo-terminal.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('a command that only another jaco has');
const scratch = scratchFor(test);

/** Runs our program with another one on PATH that runs the script. */
function start(script: string, words: readonly string[], circumstances: Parameters<typeof startBeside>[2] = {}) {
  installScript(scratch.directory('other'), script);
  return startBeside([scratch.path('other')], words, circumstances);
}

const run = (...parameters: Parameters<typeof start>): Promise<ProgramEnd> => start(...parameters).ended;

test('reaches it with the arguments as they are', async () => {
  const words = ['node', 'join', '', ' a  b ', '--x=*', '$HOME', "it's", 'ümläut', 'two\nlines', '--', '-'];
  const { stdout } = await run(`printf '%s\\0' "$@"`, words);
  assert.equal(stdout.split('\0').slice(0, -1), words);
});

test('has our streams', async () => {
  const input = `${'x'.repeat(300_000)}\n`;
  const end = await run('cat; echo "to stderr" >&2', ['apply', '-f', '-'], { input });
  assert.equal(end, { code: 0, signal: null, stdout: input, stderr: 'to stderr\n' });
});

test('has streams that block, as programs expect', async () => {
  const { stdout } = await run('cat /proc/$$/fdinfo/0 /proc/$$/fdinfo/1 /proc/$$/fdinfo/2 | grep flags', ['node']);
  // O_NONBLOCK, in octal digits (asm-generic/fcntl.h).
  assert.equal(
    stdout.match(/[0-7]+/g)?.map((flags) => Number.parseInt(flags, 8) & 0o4000),
    [0, 0, 0],
  );
});

test('has the file that an argument names by its descriptor', async () => {
  writeFileSync(scratch.path('app.yaml'), 'from a descriptor');
  const further = [openSync(scratch.path('app.yaml'), 'r')];
  const { stdout } = await run('cat "$3"', ['apply', '-f', '/dev/fd/3'], { further });
  assert.is(stdout, 'from a descriptor');
});

for (const code of [0, 1, 7, 255]) {
  test(`ends with its exit code ${code}`, async () => {
    assert.equal(await run(`exit ${code}`, ['node']), { code, signal: null, stdout: '', stderr: '' });
  });
}

for (const signal of ['TERM', 'KILL', 'PIPE', 'INT'] as const) {
  test(`ends by SIG${signal} as it does`, async () => {
    const end = await run(`kill -${signal} $$`, ['node']);
    assert.equal(end, { code: null, signal: `SIG${signal}`, stdout: '', stderr: '' });
  });
}

for (const signal of ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2'] as const) {
  test(`gets SIG${signal} when we get it, and we wait for its reaction`, async () => {
    const script = `trap 'echo caught ${signal}; exit 3' ${signal}; echo ready; for i in {1..400}; do sleep 0.05; done`;
    const started = start(script, ['logs', '-f']);
    await started.printed('ready\n');
    started.kill(`SIG${signal}`);
    assert.equal(await started.ended, { code: 3, signal: null, stdout: `ready\ncaught ${signal}\n`, stderr: '' });
  });
}

test('is given its environment, with one variable more', async () => {
  const { stdout } = await run('echo "$JACO_SOCKET $OTHER"; env | grep -c ^JACO_', ['node'], {
    environment: { OTHER: 'kept' },
  });
  assert.is(stdout, '/nonexistent/jaco kept\n3\n');
});

test('that cannot be started is reported with the reason', async () => {
  const path = installScript(scratch.directory('other'), '');
  writeFileSync(path, '#!/nonexistent/interpreter\n');
  const end = await startBeside([scratch.path('other')], ['node']).ended;
  assert.is(end.code, 1);
  assert.is(end.stdout, '');
  assert.match(end.stderr, `Error: the command was for ${path}, which cannot be started (ENOENT). `);
  assert.not.match(end.stderr, '?.');
});

if (hasPseudoTerminals) {
  test('gets Ctrl-C once: the terminal sends it to both', async () => {
    const script = `trap 'echo "caught"' INT; echo ready; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; done; exit 5`;
    installScript(scratch.directory('other'), script);
    const terminal = spawn(
      'script',
      ['--quiet', '--return', '--command', `exec ${process.execPath} ${jacoProgram} logs`, '/dev/null'],
      { env: { PATH: `${scratch.path('other')}:/usr/bin:/bin` }, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!shown.includes('ready') && (shown + text).includes('ready')) terminal.stdin.write('\x03');
      shown += text;
    });
    const code = await new Promise((resolve) => terminal.on('close', resolve));
    assert.is(code, 5);
    assert.is(shown.match(/caught/g)?.length, 1, shown);
  });
} else {
  skipCases('Ctrl-C on a terminal, handed on: there is no script(1) of util-linux');
}

test.run();
