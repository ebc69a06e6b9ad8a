// Builds one self-contained executable for hosts without Node: the files of the program inside a Node (a "single executable
// application"). It is the Node of carried-node.mjs, not the one that runs this script, and may be
// for another processor than this machine's. Next to it, jaco.licenses holds the licences of everything inside.
//   node scripts/build-executable.mjs [--arch x64|arm64] [--output build/executable/jaco, or jaco-<arch> for another]
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProgram } from './built-program.mjs';
import { carriedNode } from './carried-node.mjs';
import { precompileCommands } from './precompiled-commands.mjs';
import { licensesOfExecutable } from './third-party-licenses.mjs';

const root = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: { arch: { type: 'string', default: process.arch }, output: { type: 'string' } },
});
const isForeign = values.arch !== process.arch;
const output = resolve(values.output ?? join(root, 'build/executable', isForeign ? `jaco-${values.arch}` : 'jaco'));
/** The mark by which Node knows that it carries a program; fixed by Node. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const node = await fetched(values.arch);
// The blob for a Node is made by the same version, for the processor that this script runs on.
const maker = isForeign ? await fetched(process.arch) : node;
const work = mkdtempSync(join(tmpdir(), 'jaco-executable-'));
try {
  const program = join(work, 'program');
  await buildProgram(root, program);
  // Code that was compiled beforehand works only on the processor that compiled it.
  if (!isForeign) await precompileCommands(root, program, maker.program);
  const main = join(program, 'jaco.js');
  const files = readdirSync(program, { recursive: true, encoding: 'utf8' });
  const assets = files.filter((name) => name !== 'jaco.js' && /\.js$|\.pack$|^answers\.json$/.test(name));
  const blob = join(work, 'jaco.blob');
  const configuration = {
    main,
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: !isForeign,
    assets: Object.fromEntries(assets.map((name) => [name, join(program, name)])),
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(configuration));
  run(maker.program, ['--experimental-sea-config', join(work, 'sea.json')]);
  mkdirSync(dirname(output), { recursive: true });
  // A new file: processes that run the old one continue.
  rmSync(output, { force: true });
  copyFileSync(node.program, output);
  chmodSync(output, 0o755);
  writeFileSync(`${output}.licenses`, licensesOfExecutable(root, node));
  removeSymbols();
  const postject = join(root, 'node_modules/postject/dist/cli.js');
  run(process.execPath, [postject, output, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
const mebibytes = (statSync(output).size / 2 ** 20).toFixed(1);
console.log(`${output}: ${mebibytes} MiB, Node ${node.version} for ${values.arch}, ${startUp()}`);

/** @param {string} architecture */
async function fetched(architecture) {
  return await carriedNode(root, architecture).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}

/** Symbols are an eighth of the size and useless to operators. Without a tool for the processor they stay. */
function removeSymbols() {
  const foreign = [`${values.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu-strip`, 'llvm-strip'];
  const tools = isForeign ? foreign : ['strip'];
  tools.some((tool) => spawnSync(tool, [output], { stdio: 'ignore' }).status === 0);
}

function startUp() {
  if (isForeign) return `not started: this machine is ${process.arch}`;
  const seconds = median(Array.from({ length: 9 }, () => secondsOf(output, ['--version'])));
  return `starts in ${Math.round(seconds * 1000)} ms`;
}

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
