import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

/** Any suite that needs the engine. */
const suiteFile = join(dirname(fileURLToPath(import.meta.url)), 'generations.test.js');

const test = suite('the interoperability tests on a machine without Go');

test('are skipped, and say why', () => {
  const run = runWithoutGo({});
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stdout, /^SKIPPED: .*: there is no go command$/m);
});

test('fail in CI, where the engine must be proven against', () => {
  const run = runWithoutGo({ CI: 'true' });
  assert.is(run.status, 1);
  assert.match(run.stderr, 'there is no go command');
});

test.run();

function runWithoutGo(environment: Readonly<Record<string, string>>) {
  const { CI: _, ...inherited } = process.env;
  return spawnSync(process.execPath, [suiteFile], {
    env: { ...inherited, ...environment, PATH: '' },
    encoding: 'utf8',
  });
}
