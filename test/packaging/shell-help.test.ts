import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoFails, jacoSucceeds } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipCases } from '../skipping.js';
import { completedByZsh, offeredByFish } from './completing-shells.js';
import { projectRoot } from './installed-package.js';

const test = suite('shell completion and manual pages');
const scratch = sharedScratchFor(test);
const completions = join(projectRoot, 'packaging/completions');
const manual = join(projectRoot, 'packaging/man');

/** Whether a program is installed here; says what is left out where it is not. */
function installed(program: string, what: string): boolean {
  if (spawnSync('sh', ['-c', `command -v ${program}`]).status === 0) return true;
  skipCases(`${what}: ${program} is not installed`);
  return false;
}

/** Incomplete lines, and the only word with which each can continue. */
const begun = {
  'jaco bac': 'backup',
  'jaco --vers': '--version',
  'jaco cluster ': 'status',
  'jaco backup --outp': '--output',
  'jaco restore --format j': 'json',
  'jaco restore --input my': 'my backup.tar.gz',
  'jaco restore --data-dir sta': 'state/',
  'jaco inspect my': 'my backup.tar.gz',
  'jaco inspect a.tar.gz --list nod': 'nodes',
  'jaco diff a.tar.gz my': 'my backup.tar.gz',
  'jaco cluster status -o y': 'yaml',
  'jaco completion f': 'fish',
  'jaco help sand': 'sandbox',
} as const;

/** A directory with one archive and one directory. */
function someDirectory(): string {
  const directory = scratch.directory('here');
  scratch.directory('here', 'state');
  writeFileSync(join(directory, 'my backup.tar.gz'), '');
  return directory;
}

/** What bash offers for the last of the words. */
function offered(...words: string[]): readonly string[] {
  const directory = someDirectory();
  const script = `source "$1"; shift; COMP_WORDS=(jaco "$@"); COMP_CWORD=$#; _jaco; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const parameters = ['--norc', '-c', script, 'bash', join(completions, 'jaco.bash'), ...words];
  const { stdout } = spawnSync('bash', parameters, { cwd: directory, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

test('is what the commands say', () => {
  const generator = join(projectRoot, 'scripts/generate-shell-help.mjs');
  const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
});

for (const [shell, file] of Object.entries({ bash: 'jaco.bash', zsh: '_jaco', fish: 'jaco.fish' })) {
  test(`is printed for ${shell} by the program itself`, async () => {
    assert.is(await jacoSucceeds(['completion', shell]), readFileSync(join(completions, file), 'utf8'));
  });
}

test('names the shells where another is asked for', async () => {
  assert.match(
    await jacoFails(['completion', 'tcsh']),
    /Allowed choices are bash, zsh, fish\. See jaco completion --help\.$/,
  );
});

if (installed('bash', 'completing in bash')) {
  test('is a script that bash can parse', () => {
    assert.is(spawnSync('bash', ['-n', join(completions, 'jaco.bash')], { encoding: 'utf8' }).stderr, '');
  });
  const cases: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
    [['ba'], ['backup']],
    [['cluster', ''], ['status']],
    [['--v'], ['--version']],
    [['backup', '--ou'], ['--output']],
    [['cluster', 'status', '--ti'], ['--timeout']],
    [
      ['restore', '--format', ''],
      ['text', 'json'],
    ],
    [['cluster', 'status', '-o', 'y'], ['yaml']],
    [['inspect', 'a.tar.gz', '--list', '=', 'n'], ['nodes']],
    [['restore', '--input', 'my'], ['my backup.tar.gz']],
    [['inspect', 'my'], ['my backup.tar.gz']],
    [['restore', '--data-dir', ''], ['state']],
    [['backup', '--token', ''], []],
    [['help', 'sand'], ['sandbox']],
    [['completion', 'f'], ['fish']],
  ];
  for (const [words, expected] of cases) {
    test(`completes "jaco ${words.join(' ')}" in bash`, () => assert.equal(offered(...words), expected));
  }
}

if (installed('zsh', 'checking the completion for zsh')) {
  test('is a script that zsh can parse', () => {
    assert.is(spawnSync('zsh', ['-fn', join(completions, '_jaco')], { encoding: 'utf8' }).stderr, '');
  });
  for (const [line, word] of Object.entries(begun)) {
    test(`completes "${line}" in zsh`, () => {
      const before = line.slice(0, line.lastIndexOf(' ') + 1);
      // What zsh appends to a flag shows whether a value follows.
      const completed = completedByZsh(completions, line, someDirectory()).replace(/=$/, '');
      assert.is(completed, before + word.replace(' ', '\\ '));
    });
  }
}

if (installed('fish', 'completing in fish')) {
  for (const [line, word] of Object.entries(begun)) {
    test(`completes "${line}" in fish`, () => {
      assert.equal(offeredByFish(completions, line, someDirectory()), [word]);
    });
  }
  test('offers nothing for a token in fish', () => {
    assert.equal(offeredByFish(completions, 'jaco backup --token ', someDirectory()), []);
  });
}

test('has a manual page, with examples, for every command', async () => {
  const help = await jacoSucceeds(['--help']);
  const list = /\nCommands:\n([\s\S]*?)\n\n/.exec(help)?.[1] ?? '';
  const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
  assert.ok(commands.includes('completion'));
  for (const name of ['jaco', ...commands.map((command) => `jaco-${command}`), 'jaco-cluster-status']) {
    assert.match(readFileSync(join(manual, `${name}.1`), 'utf8'), /^\.SH EXAMPLES\n\.EX\n.*jaco/m, name);
  }
});

if (installed('groff', 'formatting the manual pages')) {
  for (const page of readdirSync(manual)) {
    test(`formats ${page} without a warning`, () => {
      const parameters = ['-man', '-Tutf8', '-ww', '-P-cbou', join(manual, page)];
      const { stdout, stderr } = spawnSync('groff', parameters, { encoding: 'utf8' });
      assert.is(stderr, '');
      assert.match(stdout, /NAME[\s\S]*SYNOPSIS[\s\S]*EXAMPLES/);
    });
  }
}

if (installed('mandoc', 'linting the manual pages')) {
  test('is without a complaint of mandoc', () => {
    const pages = readdirSync(manual).map((page) => join(manual, page));
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', ...pages], { encoding: 'utf8' });
    // They show the version instead of a date, so that they are always the same.
    assert.equal(
      stdout.split('\n').filter((line) => !line.endsWith('WARNING: missing date, using "": TH')),
      [''],
    );
  });
}

test.run();
