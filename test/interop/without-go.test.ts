import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from '../packaging/installed-package.js';

/** Any suite that needs the engine. */
const suiteFile = join(dirname(fileURLToPath(import.meta.url)), 'generations.test.js');

const test = suite('the interoperability tests on a machine without Go');

test('are skipped, and say why', () => {
  const run = withoutGo([suiteFile]);
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stdout, /^SKIPPED: .*: there is no go command$/m);
});

test('fail in CI, where the engine must be proven against', () => {
  const runner = join(projectRoot, 'scripts/run-tests.mjs');
  const list = join(projectRoot, '.ci/allowed-skips');
  const run = withoutGo([runner, '--allowed-skips', list, 'interop/generations']);
  assert.is(run.status, 1);
  assert.match(run.stdout, /does not allow: .*: there is no go command\n0 passed, 1 failed, 1 skipped\n$/);
});

test.run();

function withoutGo(parameters: readonly string[]) {
  return spawnSync(process.execPath, parameters, { env: { ...process.env, PATH: '' }, encoding: 'utf8' });
}
