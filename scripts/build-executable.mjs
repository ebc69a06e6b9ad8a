// Builds one self-contained executable for hosts without Node: the program as a single CommonJS file, inside a copy of
// the Node that runs this script (a "single executable application"). It runs where that Node runs. Beside it, as
// jaco.licenses, the licences of all that is inside, Node's own among them: it is looked for where Node is installed.
//   node scripts/build-executable.mjs [--output build/executable/jaco] [--node-license <Node's file LICENSE>]
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { programBundle } from './program-bundle.mjs';
import { licensesOfExecutable } from './third-party-licenses.mjs';

const root = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    output: { type: 'string', default: join(root, 'build/executable/jaco') },
    'node-license': { type: 'string' },
  },
});
const output = resolve(values.output);
/** By this mark Node finds out that it carries a program; fixed by Node. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

if (!readFileSync(process.execPath).includes(fuse)) {
  console.error(`${process.execPath} cannot carry a program: use a Node from nodejs.org.`);
  process.exit(1);
}
const licenses = licensesOfExecutable(root, values['node-license']);
const work = mkdtempSync(join(tmpdir(), 'jaco-executable-'));
try {
  await build({ ...programBundle(root, 'cjs'), outdir: work, outExtension: { '.js': '.cjs' } });
  const blob = join(work, 'jaco.blob');
  const configuration = { main: join(work, 'jaco.cjs'), output: blob, disableExperimentalSEAWarning: true };
  // Code that is compiled beforehand: what the program starts with need not be compiled at each start.
  writeFileSync(join(work, 'sea.json'), JSON.stringify({ ...configuration, useCodeCache: true }));
  run(process.execPath, ['--experimental-sea-config', join(work, 'sea.json')]);
  mkdirSync(dirname(output), { recursive: true });
  // A new file: what runs from the old one goes on.
  rmSync(output, { force: true });
  copyFileSync(process.execPath, output);
  chmodSync(output, 0o755);
  writeFileSync(`${output}.licenses`, licenses);
  // Symbols are an eighth of the size and of no use to operators. Without the tool they stay.
  spawnSync('strip', [output], { stdio: 'ignore' });
  const postject = join(root, 'node_modules/postject/dist/cli.js');
  run(process.execPath, [postject, output, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
const startUp = median(Array.from({ length: 9 }, () => secondsOf(output, ['--version'])));
const mebibytes = (statSync(output).size / 2 ** 20).toFixed(1);
console.log(`${output}: ${mebibytes} MiB, Node ${process.versions.node}, starts in ${Math.round(startUp * 1000)} ms`);

/** @param {string} command @param {string[]} parameters */
function run(command, parameters) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} failed:\n${stdout}${stderr}`);
}

/** @param {string} command @param {string[]} parameters */
function secondsOf(command, parameters) {
  const started = performance.now();
  const { status } = spawnSync(command, parameters, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${status}`);
  return (performance.now() - started) / 1000;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
