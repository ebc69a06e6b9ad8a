import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFor } from '../cli/scratch-directory.js';
import { projectRoot } from './installed-package.js';

const test = suite('what continuous integration runs');
const scratch = scratchFor(test);

/** Runs it on a machine that has but these commands, each of which notes how it was called. */
function run(commands: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>) {
  const path = scratch.directory('bin');
  for (const name of ['bash', 'dirname', 'timeout']) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(path, name));
  }
  const calls = scratch.path('calls');
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(path, name), `#!${path}/bash\necho "${name} $*" >> ${calls}\n${script}\n`, { mode: 0o755 });
  }
  const env = { PATH: path, ...environment };
  const { status, stdout } = spawnSync(join(path, 'bash'), [join(projectRoot, '.ci/run')], { env, encoding: 'utf8' });
  return { status, stdout, calls: existsSync(calls) ? readFileSync(calls, 'utf8') : '' };
}

const root = { id: 'echo 0', npm: 'echo checked $JACO_TEST_SYSTEMD', 'apt-get': 'echo noise' };

test('installs what tests use on a new machine, as root in CI, boots one in a container, and prints nothing about it', () => {
  const { status, stdout, calls } = run(root, { CI: 'true' });
  assert.is(status, 0);
  assert.is(stdout, 'checked 1\n');
  assert.match(
    calls,
    /^id -u\napt-get update .*\napt-get install .* chromium-headless-shell\napt-get install .* fish .*\nnpm run check -- --allowed-skips \.ci\/allowed-skips\n$/,
  );
});

test('allows skips that need a tool that it tries to install', () => {
  const script = readFileSync(join(projectRoot, '.ci/run'), 'utf8');
  const allowed = readFileSync(join(projectRoot, '.ci/allowed-skips'), 'utf8');
  const tools = /^commands=\((.*)\)$/m.exec(script)?.[1]?.split(' ') ?? [];
  assert.ok(tools.length > 0);
  for (const tool of tools) assert.match(allowed, `\n*: ${tool} is not installed\n`);
});

test('continues if they cannot be installed, and says so', () => {
  const { status, stdout, calls } = run({ ...root, 'apt-get': 'exit 100' }, { CI: 'true' });
  assert.is(status, 0);
  assert.match(stdout, /^some tools of tests could not be installed.*\nchecked 1\n$/);
  assert.match(calls, /npm run check -- --allowed-skips \.ci\/allowed-skips\n$/);
});

test('fails where the check does', () => {
  assert.is(run({ ...root, npm: 'exit 3' }, { CI: 'true' }).status, 3);
});

for (const [where, commands, environment] of [
  ['outside CI', root, {}],
  ['by anybody but root', { ...root, id: 'echo 1000' }, { CI: 'true' }],
  ['where there is no apt-get', { id: root.id, npm: root.npm }, { CI: 'true' }],
] as const) {
  test(`installs nothing ${where}`, () => {
    const { status, stdout, calls } = run(commands, environment);
    assert.is(status, 0);
    assert.is(stdout, 'checked\n');
    assert.not.match(calls, 'apt-get');
  });
}

test.run();
