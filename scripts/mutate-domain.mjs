// Changes the compiled domain in one small way at a time (mutations.mjs) and runs the domain's tests that reach the
// changed file: a change that no test notices is a rule without a test. Works on a copy, in an order drawn from a seed,
// until everything is done or the time is up; prints survivors with their lines. Needs `node scripts/build.mjs --tests`
// first.
//
//   node scripts/mutate-domain.mjs [word of a file's name] [--seconds 600] [--seed 1]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutationsOf } from './mutations.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: '1' } },
});

const build = new URL('../build', import.meta.url).pathname;
// Inside build/, so that packages are found from there.
const copy = join(build, 'mutants');
/** The time limit that catches endless loops, in milliseconds: the slowest test file takes a fifth. */
const patienceMs = 60_000;

rmSync(copy, { recursive: true, force: true });
mkdirSync(copy);
for (const part of ['src', 'test']) cpSync(join(build, part), join(copy, part), { recursive: true });

const domain = join(copy, 'src/domain');
const tests = readdirSync(join(copy, 'test/domain'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => join(copy, 'test/domain', name));

/** @param {string} path */
function importsOf(path) {
  const specifiers = [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)];
  return specifiers.map(([, specifier]) => resolve(dirname(path), /** @type {string} */ (specifier)));
}

/** Everything that a file imports, directly or indirectly. @param {string} path @param {Set<string>} seen */
function reachableFrom(path, seen = new Set()) {
  for (const next of importsOf(path)) {
    if (seen.has(next)) continue;
    seen.add(next);
    reachableFrom(next, seen);
  }
  return seen;
}

const reached = new Map(tests.map((path) => [path, reachableFrom(path)]));

/** Whether a test fails or hangs. @param {readonly string[]} files */
function noticed(files) {
  if (files.length === 0) return false;
  // uvu runs every suite once all modules have been evaluated.
  const script = files.map((file) => `import ${JSON.stringify(file)};`).join('\n');
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  // A test that waits for ever ends the process with code 0, without the closing count. So does a refusal that a test
  // does not expect, and the rest of its suite does not run: uvu cannot print an error with our details.
  const [total, passed] = ['Total', 'Passed'].map(
    (name) => new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'm').exec(stdout)?.[1],
  );
  return status !== 0 || total === undefined || total !== passed;
}

/** Draws numbers from 0 to 1, the same for the same seed (mulberry32). @param {number} seed */
function drawFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (noticed(tests)) {
  console.error('mutate-domain: the tests fail without any change');
  process.exit(1);
}

const draw = drawFrom(Number(values.seed));
const mutants = readdirSync(domain, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js') && positionals.every((word) => name.includes(word)))
  .flatMap((name) => mutationsOf(readFileSync(join(domain, name), 'utf8')).map((mutation) => ({ name, mutation })))
  .map((mutant) => ({ ...mutant, rank: draw() }))
  .sort((a, b) => a.rank - b.rank);

const end = Date.now() + Number(values.seconds) * 1000;
/** @type {string[]} */
const survivors = [];
let tried = 0;
for (const { name, mutation } of mutants) {
  if (Date.now() > end) break;
  tried += 1;
  const path = join(domain, name);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(0, mutation.start) + mutation.text + text.slice(mutation.end));
  const direct = tests.filter((file) => importsOf(file).includes(path));
  const indirect = tests.filter((file) => !direct.includes(file) && reached.get(file)?.has(path));
  if (!noticed(direct) && !noticed(indirect)) {
    const line = text.slice(0, mutation.start).split('\n').length;
    const shown = text.slice(mutation.start, mutation.end).replaceAll(/\s+/g, ' ');
    survivors.push(`${name}:${line} ${mutation.name}: ${shown} -> ${mutation.text}`);
    console.log(survivors.at(-1));
  }
  writeFileSync(path, text);
}
rmSync(copy, { recursive: true });
const killed = tried - survivors.length;
console.log(`${tried} of ${mutants.length} mutants tried, ${killed} killed, ${survivors.length} survived`);
