import { chmodSync, copyFileSync, cpSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoProgram, runJaco } from './jaco-process.js';
import { installScript, startBeside } from './other-jaco.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('which jaco a command is handed on to');
const scratch = scratchFor(test);

/** A directory with the other program, which says so. */
function other(name = 'other'): string {
  const directory = scratch.directory(name);
  installScript(directory, `echo "${name}: $*"`);
  return directory;
}

/** A directory in which ours is installed as npm does, by a link. */
function linked(name: string, target = jacoProgram): string {
  symlinkSync(target, join(scratch.directory(name), 'jaco'));
  return scratch.path(name);
}

/** Another installation of ours. */
function copied(name: string): string {
  cpSync(dirname(jacoProgram), scratch.path(name), { recursive: true });
  return join(scratch.path(name), 'jaco.js');
}

const today = async () => (await runJaco(['node', 'join'])).stderr;

test('is the first on PATH', async () => {
  const { stdout } = await startBeside([other('first'), other('second')], ['node', 'join']).ended;
  assert.is(stdout, 'first: node join\n');
});

test('is never this program, through any links', async () => {
  const first = linked('first');
  const directories = [first, linked('second', join(first, 'jaco')), scratch.directory('hard')];
  const program = join(first, 'jaco');
  assert.is((await startBeside([...directories, other()], ['node'], { program }).ended).stdout, 'other: node\n');
  const end = await startBeside(directories, ['node', 'join'], { program }).ended;
  assert.equal(end, { code: 1, signal: null, stdout: '', stderr: await today() });
});

test('is never this program under a hard link', async () => {
  const program = copied('copy');
  linkSync(program, join(scratch.directory('hard'), 'jaco'));
  chmodSync(program, 0o755);
  const { stdout } = await startBeside([scratch.path('hard'), other()], ['node'], { program }).ended;
  assert.is(stdout, 'other: node\n');
});

test('is found after other copies of ours', async () => {
  const directories = ['one', 'two'].map((name) => linked(name, copied(`${name}-copy`)));
  const { stdout } = await startBeside([...directories, other()], ['node', 'join']).ended;
  assert.is(stdout, 'other: node join\n');
});

test('is undefined if there are only copies of ours, which do not hand on to each other for ever', async () => {
  const directories = ['one', 'two'].map((name) => linked(name, copied(`${name}-copy`)));
  const { code, stdout, stderr } = await startBeside(directories, ['node', 'join']).ended;
  assert.equal({ code, stdout, stderr }, { code: 1, stdout: '', stderr: await today() });
});

test('is found after a script that starts ours, as some package managers install', async () => {
  installScript(scratch.directory('shim'), `exec ${process.execPath} ${jacoProgram} "$@"`);
  const shim = scratch.path('shim');
  assert.is((await startBeside([shim, other()], ['node', 'join']).ended).stdout, 'other: node join\n');
  const { code, stderr } = await startBeside([shim], ['node', 'join']).ended;
  assert.equal({ code, stderr }, { code: 1, stderr: await today() });
});

test('is no directory, and nothing that may not be executed', async () => {
  mkdirSync(join(scratch.directory('directory'), 'jaco'));
  writeFileSync(join(scratch.directory('data'), 'jaco'), '');
  symlinkSync('/nonexistent', join(scratch.directory('dangling'), 'jaco'));
  const directories = ['directory', 'data', 'dangling'].map((name) => scratch.path(name));
  assert.is((await startBeside([...directories, other()], ['node']).ended).stdout, 'other: node\n');
});

test('is not asked for a command that we have', async () => {
  for (const words of [['cluster', 'status'], ['help', 'restore'], ['--version'], ['backup', '--output', 'node']]) {
    const { stdout, stderr } = await startBeside([other()], words).ended;
    assert.not.match(stdout + stderr, 'other:');
  }
});

test('is named in the help, by what it is', async () => {
  const { stdout } = await startBeside([other()], ['--help']).ended;
  assert.match(stdout.replaceAll(/\s+/g, ' '), 'handed on to the next jaco on PATH');
});

test('leaves us a name of our own, by which help and mistakes speak', async () => {
  symlinkSync(jacoProgram, join(scratch.directory('ours'), 'jaco-dr'));
  const program = scratch.path('ours', 'jaco-dr');
  const say = async (...words: string[]) => startBeside([other()], words, { program }).ended;
  assert.match(
    (await say('restore', '--help')).stdout,
    /^Usage: jaco-dr restore [\s\S]*^ {2}sudo jaco-dr restore --input/m,
  );
  assert.is((await say('restore')).stderr, 'Error: --input <file> is required. See jaco-dr restore --help.\n');
  assert.is((await say('node', 'join')).stdout, 'other: node join\n');
});

test('is looked for on PATH alone', async () => {
  copyFileSync(installScript(scratch.directory('other'), 'echo other'), scratch.path('jaco'));
  const { code } = await startBeside([], ['node'], { environment: { PATH: '' } }).ended;
  assert.is(code, 1);
});

test.run();
