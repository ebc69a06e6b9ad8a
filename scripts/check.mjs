// Everything that must hold before a change is accepted: the generated contract, types, lint and format, the law of the
// layers, dead code, the domain's coverage, and the tests: all on this Node, and those that depend on Node itself on
// every other pinned one too. CI runs this with --allowed-skips, so that no skip goes unnoticed.
import { spawnSync } from 'node:child_process';

const root = new URL('..', import.meta.url).pathname;

const steps = [
  { name: 'types', command: 'node', parameters: ['scripts/build.mjs', '--tests'] },
  { name: 'contract', command: 'node', parameters: ['scripts/generate.mjs', '--check'] },
  {
    name: 'lint and format',
    command: 'node',
    parameters: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  },
  {
    name: 'law of the layers',
    command: 'node',
    parameters: ['scripts/layer-law.mjs'],
  },
  {
    name: 'dead exports and unused dependencies',
    command: 'node',
    parameters: ['node_modules/knip/bin/knip.js', '--no-config-hints'],
  },
  { name: 'coverage of the domain', command: 'node', parameters: ['scripts/coverage.mjs'] },
  {
    name: 'tests',
    command: 'npm',
    parameters: ['test', '--', '--beside', 'scripts/node-suites.txt', ...process.argv.slice(2)],
  },
];

const failed = [];
for (const { name, command, parameters } of steps) {
  console.log(`== ${name}`);
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) failed.push(name);
}
// After the tests' own closing line, prints only what that does not count: another check that failed.
const others = failed.filter((name) => name !== 'tests');
if (others.length > 0) console.error(`failed before the tests: ${others.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
