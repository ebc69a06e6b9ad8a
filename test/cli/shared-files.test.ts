import { linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoFails, jacoSucceeds } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('flags that name one file');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1']);
});
test.after(async () => {
  await sandbox.stop();
});

const secret = 'AGE-SECRET-KEY-1SAMPLE\n';
const server = ['--server', '127.0.0.1:1', '--token', 'a'.repeat(64)];

/** Runs a backup whose flags name `file` twice and expects that nothing has touched it. */
async function refused(flags: readonly string[], sentence: RegExp, file = scratch.path('file')): Promise<void> {
  writeFileSync(file, secret);
  const before = scratch.names();
  const message = await jacoFails(['backup', '--socket', sandbox.socket, ...flags].filter(unlessServer(flags)));
  assert.match(message, sentence);
  assert.match(message, /: one would destroy the other\. Give each a file of its own\.$/);
  assert.is(readFileSync(file, 'utf8'), secret);
  assert.equal(scratch.names(), before);
}

/** With --server the socket of the sandbox is left out, flag and value. */
function unlessServer(flags: readonly string[]) {
  return (word: string) => !flags.includes('--server') || (word !== '--socket' && word !== sandbox.socket);
}

const pairs: Readonly<Record<string, (file: string) => readonly string[]>> = {
  '--metrics-file and --output': (file) => ['--output', file, '--metrics-file', file],
  '--identity and --output': (file) => ['--output', file, '--identity', file, '--keep', '3'],
  '--encrypt-to and --output': (file) => ['--output', file, '--encrypt-to', file],
  '--ca-cert and --output': (file) => ['--output', file, '--ca-cert', file, ...server],
  '--identity and --metrics-file': (file) => [
    '--output',
    'o-%F',
    '--metrics-file',
    file,
    '--identity',
    file,
    '--keep',
    '3',
  ],
  '--encrypt-to and --metrics-file': (file) => ['--output', 'o', '--metrics-file', file, '--encrypt-to', file],
  '--ca-cert and --metrics-file': (file) => ['--output', 'o', '--metrics-file', file, '--ca-cert', file, ...server],
};

for (const [names, flags] of Object.entries(pairs)) {
  test(`refuses one file for ${names}`, async () => {
    await refused(flags(scratch.path('file')), new RegExp(`^Error: ${names} name one file, `));
  });
}

test('refuses --output that is the socket of the daemon', async () => {
  const message = await jacoFails(['backup', '--socket', sandbox.socket, '--output', sandbox.socket]);
  assert.match(message, /^Error: --socket and --output name one file, /);
  assert.ok(lstatSync(sandbox.socket).isSocket());
});

test('sees through patterns, links and indirect paths', async () => {
  const [file, year] = [scratch.path('file'), new Date().getFullYear()];
  symlinkSync('file', scratch.path('link'));
  mkdirSync(scratch.path('in'));
  await refused(['--output', scratch.path('link'), '--metrics-file', file], /name one file/);
  await refused(['--output', scratch.path('in/../file'), '--metrics-file', file], /name one file/);
  const dated = scratch.path(`${year}.prom`);
  await refused(['--output', scratch.path('%Y.prom'), '--metrics-file', dated], /name one file/, dated);
  linkSync(file, scratch.path('hard'));
  await refused(['--output', scratch.path('hard'), '--metrics-file', file], /name one file/);
});

test('refuses two names of a file that is still to be made', async () => {
  symlinkSync('.', scratch.path('here'));
  const flags = ['--output', scratch.path('here/new'), '--metrics-file', scratch.path('new')];
  assert.match(await jacoFails(['backup', '--socket', sandbox.socket, ...flags]), /name one file/);
  assert.equal(scratch.names(), ['here']);
});

test('refuses the temporary file of one as the name of the other', async () => {
  for (const [output, metrics] of [
    ['m.prom.part', 'm.prom'],
    ['a.tar.gz', '.a.tar.gz.part'],
  ] as const) {
    const flags = ['--output', scratch.path(output), '--metrics-file', scratch.path(metrics)];
    assert.match(await jacoFails(['backup', '--socket', sandbox.socket, ...flags]), /name one file/);
    assert.equal(scratch.names(), []);
  }
});

test('lets two flags read one file', async () => {
  // An age recipients file may hold comments, and a CA file anything before its PEM: what counts here is that neither is written.
  const file = scratch.path('file');
  writeFileSync(file, secret);
  const flags = ['--output', scratch.path('o'), '--encrypt-to', file, '--ca-cert', file, ...server];
  const message = await jacoFails(['backup', ...flags]);
  assert.not.match(message, /one file/);
});

test('takes metrics to no pipe, and records in no file that holds something else', async () => {
  const output = scratch.path('a.tar.gz');
  assert.is(
    await jacoFails(['backup', '--socket', sandbox.socket, '--output', output, '--metrics-file', '-']),
    'Error: --metrics-file names no file: - is standard output. Give the path of a file that the collector reads.',
  );
  writeFileSync(scratch.path('notes.prom'), 'mine\n');
  assert.is(
    await jacoFails([
      'backup',
      '--socket',
      sandbox.socket,
      '--output',
      output,
      '--metrics-file',
      scratch.path('notes.prom'),
    ]),
    `Error: cannot record metrics in ${scratch.path('notes.prom')}: it holds something else. Name a new file, or one in which earlier backups were recorded.`,
  );
  assert.equal(scratch.names(), ['notes.prom']);
  assert.is(readFileSync(scratch.path('notes.prom'), 'utf8'), 'mine\n');
});

test('takes no flag for the value of another', async () => {
  assert.is(
    await jacoFails(['backup', '--output', '--quiet', '--socket', sandbox.socket]),
    'Error: --output <file> is followed by --quiet, which is a flag of its own. Give it a value; a file of that name is ./--quiet.',
  );
  assert.match(
    await jacoFails(['restore', '--input', '-q', '--name', 'node-1']),
    /^Error: --input <file> is followed by -q, /,
  );
  const file = scratch.path('--quiet');
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', file]);
  assert.equal(scratch.names(), ['--quiet']);
});

test.run();
