// Checks all sources against the law of the layers (.dependency-cruiser.cjs), and that dependency-cruiser reads every
// one: it reports nothing about files that it cannot read, and has been seen to find no files at all
// (docs/decisions/0012).
//   node scripts/layer-law.mjs [directory]   the directory with the law, src and perhaps examples; by default this project
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const directory = resolve(process.argv[2] ?? root);

/** Where sources are. */
const folders = ['src', 'examples/http/src', 'examples/http/test'].filter((folder) =>
  existsSync(`${directory}/${folder}`),
);

/** @typedef {{ from: string, to: string, rule: { name: string } }} Violation */

const { modules, summary } = cruise();
const faults = summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`);
const seen = new Set(modules.map(({ source }) => source));
const imports = modules.reduce((count, { dependencies }) => count + dependencies.length, 0);
const expected = sources();
const unseen = expected.filter((source) => !seen.has(source));
if (unseen.length > 0) {
  faults.push(`dependency-cruiser has not seen ${unseen.length} of ${expected.length} sources, such as ${unseen[0]}`);
}
if (imports === 0) faults.push('dependency-cruiser has not seen a single import');
for (const fault of faults) console.error(fault);
if (faults.length === 0) console.log(`${expected.length} sources with ${imports} imports keep the law of the layers`);
process.exit(faults.length === 0 ? 0 : 1);

/** @returns {{ modules: { source: string, dependencies: unknown[] }[], summary: { violations: Violation[] } }} */
function cruise() {
  const program = `${root}/node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;
  const parameters = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const { stdout, stderr, error } = spawnSync(process.execPath, parameters, {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined || stdout === '') throw new Error(`dependency-cruiser did not run: ${error ?? stderr}`);
  return JSON.parse(stdout);
}

/** Every source, by its path in the directory. */
function sources() {
  return folders
    .flatMap((folder) => {
      const files = readdirSync(`${directory}/${folder}`, { recursive: true, encoding: 'utf8' });
      return files.filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file}`);
    })
    .sort();
}
