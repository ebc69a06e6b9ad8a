import { closeSync, cpSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { mountTmpfs } from '../faults/mounted-file-system.js';
import { skipTest } from '../skipping.js';
import { jacoProgram, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('answers that the build prepared');
const scratch = scratchFor(test);
const dist = dirname(jacoProgram);
const answers: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(dist, 'answers.json'), 'utf8'));
const questions = Object.keys(answers).map((key) => key.split('\0'));

/** The part of the program that has the commands. */
const mainPart = join(dist, 'program.js');

test('are there for version, for help of every command and group, and for the script of every shell', () => {
  const groups: string[][] = [];
  const collect = (command: ReturnType<typeof createProgram>, words: string[]) => {
    groups.push([...words, '--help'], [...words, '-h']);
    for (const each of command.commands) collect(each, [...words, each.name()]);
  };
  collect(createProgram({} as Terminal), []);
  const shells = ['bash', 'zsh', 'fish'].map((shell) => ['completion', shell]);
  const expected = [['-V'], ['--version'], ...shells, ...groups].map((words) => words.join(' '));
  assert.equal(new Set(questions.map((words) => words.join(' '))), new Set(expected));
});

test('are what the commands would have printed', async () => {
  for (const words of questions.filter((each) => !each.includes('-h'))) {
    const [printed, prepared] = await Promise.all([jacoSucceeds(words, { program: mainPart }), jacoSucceeds(words)]);
    assert.is(prepared, printed, words.join(' '));
    assert.is(answers[words.join('\0')], printed, words.join(' '));
  }
});

test('come without the commands', async () => {
  const copy = scratch.path('dist');
  cpSync(dist, copy, { recursive: true });
  for (const name of ['program.js', 'code']) rmSync(join(copy, name), { recursive: true });
  const program = join(copy, 'jaco.js');
  assert.is(await jacoSucceeds(['--version'], { program }), answers['--version']);
  assert.is(await jacoSucceeds(['restore', '--help'], { program }), answers['restore\0--help']);
  assert.is.not((await runJaco(['backup'], { program })).code, 0);
});

test('are not needed: without them the commands answer', async () => {
  const copy = scratch.path('dist');
  cpSync(dist, copy, { recursive: true });
  rmSync(join(copy, 'answers.json'));
  assert.is(await jacoSucceeds(['--version'], { program: join(copy, 'jaco.js') }), answers['--version']);
});

test('that cannot be written are a failure, as other output is', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const { code, stderr } = await runJaco(['--version'], { stdout: full });
    assert.is(code, 1);
    assert.match(stderr, /^Error: .*no space/i);
  } finally {
    closeSync(full);
  }
});

test('that fit only in part are a failure, too', async () => {
  const small = mountTmpfs('size=4k');
  if (small === undefined) return skipTest('a full file system (no tmpfs can be mounted here)');
  const file = openSync(join(small.path, 'jaco.bash'), 'w');
  try {
    const { code, stderr } = await runJaco(['completion', 'bash'], { stdout: file });
    assert.is(code, 1);
    assert.match(stderr, /^Error: .*no space/i);
  } finally {
    closeSync(file);
    small.unmount();
  }
});

test.run();
