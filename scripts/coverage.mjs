// Runs the tests of the domain and reports their coverage of src/domain. Fails below 100 % of branches, lines and
// functions: every rule and every refusal has a test. Needs `node scripts/build.mjs --tests` first.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url).pathname;

const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('c8/bin/c8.js')),
    '--include=src/domain/**',
    '--exclude-after-remap',
    '--reporter=text',
    '--check-coverage',
    '--branches=100',
    '--lines=100',
    '--functions=100',
    process.execPath,
    'scripts/run-tests.mjs',
    'domain/',
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_V8_COVERAGE: '' } },
);
process.exit(status ?? 1);
