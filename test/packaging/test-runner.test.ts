import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFor } from '../cli/scratch-directory.js';
import { projectRoot } from './installed-package.js';

const test = suite('the test runner');
const scratch = scratchFor(test);

const preamble = `
import { spawn } from 'node:child_process';
import { suite } from '${join(projectRoot, 'node_modules/uvu/dist/index.mjs')}';
import { skipCases, skipFile, skipTest } from '${join(projectRoot, 'build/test/skipping.js')}';
const test = suite('a suite');
`;

/** Runs the runner on one test file and returns its exit code, its last line and its whole output. */
function run(tests: string, flags: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(scratch.directory('tests'), 'a.test.js'), preamble + tests);
  writeFileSync(scratch.path('tests', 'package.json'), '{ "type": "module" }');
  const runner = join(projectRoot, 'scripts/run-tests.mjs');
  const { CI: _, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, '--from', scratch.path('tests'), ...flags], {
    encoding: 'utf8',
    env: { ...inherited, ...environment },
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1), told: stdout + stderr };
}

for (const [what, tests, status, last] of [
  ['that pass', "test('a', () => {}); test('b', () => {}); test.run();", 0, '2 passed, 0 failed'],
  [
    'of which one fails',
    "test('a', () => {}); test('b', () => { throw new Error('no'); }); test.run();",
    1,
    '1 passed, 1 failed',
  ],
  [
    'of which one is skipped in its body',
    "test('a', () => {}); test('b', () => skipTest('no b here')); test.run();",
    0,
    '1 passed, 0 failed, 1 skipped',
  ],
  [
    'of which some are left out',
    "test('a', () => {}); skipCases('no b here'); test.run();",
    0,
    '1 passed, 0 failed, 1 skipped',
  ],
  [
    'of which one is skipped in the code',
    "test('a', () => {}); test.skip('b'); test.run();",
    0,
    '1 passed, 0 failed, 1 skipped',
  ],
  ['that are all left out', "skipFile('nothing here');", 1, '0 passed, 0 failed, 1 skipped'],
  [
    'whose set-up fails',
    "test.before(() => { throw new Error('no'); }); test('a', () => {}); test.run();",
    1,
    '0 passed, 1 failed',
  ],
  [
    'whose cleaning up fails',
    "test.after(() => { throw new Error('no'); }); test('a', () => {}); test.run();",
    1,
    '0 passed, 1 failed',
  ],
] as const) {
  test(`counts tests ${what}`, () => {
    const found = run(tests);
    assert.is(found.last, last, found.told);
    assert.is(found.status, status, found.told);
  });
}

for (const [what, tests, complaint] of [
  ['are never run', "test('a', () => {});", 'it ended before its tests did'],
  [
    'are left out in part and never run',
    "skipCases('no b here'); test('a', () => {});",
    'it ended before its tests did',
  ],
  ['are none', 'test.run();', 'it ran no test'],
  ['end the process with success', "test('a', () => process.exit(0)); test.run();", 'it ended with exit code 1'],
  ['wait for what never comes', "test('a', () => new Promise(() => {})); test.run();", 'it ended with exit code 1'],
  [
    'pass, and fail after their end',
    "test('a', () => { setTimeout(() => { throw new Error('late'); }, 200); }); test.run();",
    'it ended with exit code 1, though no test failed',
  ],
  [
    'pass, and end with another exit code',
    "test('a', () => {}); test.run(); process.on('exit', () => process.exit(7));",
    'it ended with exit code 7, though no test failed',
  ],
  [
    'throw what uvu cannot print',
    "test('a', () => { throw Object.assign(new Error('no'), { details: { path: '/a' } }); }); test.run();",
    'a hook failed, or a test with an error whose details are no text',
  ],
  ['end by a signal', "test('a', () => process.kill(process.pid, 'SIGKILL')); test.run();", 'it was ended by SIGKILL'],
  [
    'say by themselves that they are skipped',
    "test('a', () => console.log('\\nSKIPPED: a')); test.run();",
    'it prints SKIPPED by itself',
  ],
] as const) {
  test(`fails tests that ${what}`, () => {
    const { status, last, told } = run(tests);
    assert.match(told, `a.test.js: ${complaint}`);
    assert.match(last ?? '', /^\d passed, 1 failed(, \d skipped)?$/);
    assert.is(status, 1);
  });
}

test('ends tests that take too long, with all their processes, and shows what they printed', () => {
  const { status, last, told } = run(
    `const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
     (await import('node:fs')).writeFileSync('${scratch.path('pid')}', String(child.pid));
     test('a', () => { console.log('I am here'); return new Promise((resolve) => setTimeout(resolve, 600_000)); });
     test.run();`,
    ['--limit', '2'],
  );
  assert.match(told, 'a.test.js: it did not end within 2 seconds');
  assert.match(told, 'I am here');
  assert.is(last, '0 passed, 1 failed');
  assert.is(status, 1);
  assert.not.ok(isRunning(Number(readFileSync(scratch.path('pid'), 'utf8'))), 'what it started runs on');
});

test('fails tests that leave a process behind that holds their output', () => {
  const { last, told } = run(
    `test('a', () => { spawn('sleep', ['600'], { stdio: 'inherit' }).unref(); }); test.run();
`,
  );
  assert.match(told, 'a.test.js: it left a process behind that holds its output');
  assert.is(last, '1 passed, 1 failed');
});

test('fails when there is no test of that name', () => {
  const { status, last } = run("test('a', () => {}); test.run();", ['no-such-test']);
  assert.is(last, '0 passed, 1 failed');
  assert.is(status, 1);
});

const skipping = (reason: string) => `test('a', () => {}); test('b', () => skipTest('${reason}')); test.run();`;

function allowing(...lines: readonly string[]): readonly string[] {
  writeFileSync(scratch.path('allowed'), lines.map((line) => `${line}\n`).join(''));
  return ['--allowed-skips', scratch.path('allowed')];
}

test('allows the skips on the list', () => {
  const flags = allowing('# a comment', '', 'checking *: fish is not installed');
  const { status, last, told } = run(skipping('checking completion (all of it): fish is not installed'), flags);
  assert.is(last, '1 passed, 0 failed, 1 skipped', told);
  assert.is(status, 0);
});

for (const CI of [undefined, 'true', 'false']) {
  test(`lets nothing else be skipped with CI=${CI}`, () => {
    const flags = allowing('checking *: fish is not installed');
    const { status, last, told } = run(
      skipping('checking completion: zsh is not installed'),
      flags,
      CI === undefined ? {} : { CI },
    );
    assert.match(told, /^FAIL skipped, which \S+ does not allow: checking completion: zsh is not installed$/m);
    assert.is(last, '1 passed, 1 failed, 1 skipped');
    assert.is(status, 1);
  });
}

test('lets no test be skipped or singled out in the code where there is a list', () => {
  const { last, told } = run("test.only('a', () => {}); test('b', () => {}); test.run();", allowing());
  assert.match(told, 'a.test.js: 1 tests are skipped in the code, by test.skip or test.only');
  assert.is(last, '1 passed, 1 failed, 1 skipped');
});

test('takes no list for other Nodes that has tests which are not there', () => {
  writeFileSync(scratch.path('beside'), 'a.\nb.\n');
  const { status, told } = run("test('a', () => {}); test.run();", ['--beside', scratch.path('beside')]);
  assert.is(status, 1);
  assert.is(told, `${scratch.path('beside')} has a line that is in no test's path: b.\n`);
});

for (const version of ['25', '26.3', '../26.3.0']) {
  test(`takes no "${version}" for a version of Node`, () => {
    const { status, told } = run("test('a', () => {}); test.run();", ['--node', version]);
    assert.is(status, 1);
    assert.is(told, `no Node "${version}": give one of 20, 22, 24, 26, or an exact version such as 26.3.0.\n`);
  });
}

test('has the Node that runs the tests first on their PATH', () => {
  const { status, told } = run(
    `import { execFileSync } from 'node:child_process';
     test('a', () => {
       const version = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
       if (version !== process.version) throw new Error(version);
     });
     test.run();`,
    ['--node', process.versions.node],
    { PATH: '/nonexistent' },
  );
  assert.is(status, 0, told);
});

/** Whether a process does something: one that has ended may wait for a parent to ask how. */
function isRunning(pid: number): boolean {
  const status = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return /^State:\s+[^ZX]/m.test(status);
}

test.run();
