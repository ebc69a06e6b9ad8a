// Runs every compiled test file in its own process, two at a time, and ends with one line that counts what really ran.
//   node scripts/run-tests.mjs [words]   the files whose path contains one of the words; without words all files
//     --node <version>         on another Node: a pinned major, or an exact version, which is fetched
//     --beside <file>          also, on each of the other pinned majors, the files whose path contains a line of this file
//     --allowed-skips <file>   fail if a skip matches no line of this file; * stands for any words
//     --limit <seconds>        how long one file may take
//     --from <directory>       where the compiled tests are
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { endTestFiles, runTestFile } from './test-process.mjs';
import { verdictOf } from './test-verdict.mjs';
import { otherMajors, testedNode } from './tested-nodes.mjs';

const root = new URL('..', import.meta.url).pathname;
const { flags, words } = commandLine();
const parallel = Number(process.env['JACO_TEST_PARALLEL'] ?? 2);
const total = { passed: 0, failed: 0, skipped: 0 };
/** Prints messages that several files repeat only once. @type {Set<string>} */
const notes = new Set();
/** @type {Set<string>} */
const reasons = new Set();

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.once(signal, () => {
    endTestFiles();
    process.exit(code);
  });
}

const queue = await jobs().catch((error) => {
  console.error(error.message);
  return process.exit(1);
});
if (queue.length === 0) complain('there is no such test');
await Promise.all(
  Array.from({ length: parallel }, async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await runJob(job);
  }),
);
for (const note of notes) console.log(note);
for (const reason of reasons) console.log(`SKIPPED: ${reason}`);
if (flags['allowed-skips'] !== undefined) refuseOtherSkips(flags['allowed-skips']);
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function commandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        node: { type: 'string' },
        beside: { type: 'string' },
        'allowed-skips': { type: 'string' },
        limit: { type: 'string', default: '600' },
        from: { type: 'string', default: join(root, 'build/test') },
      },
    });
    return { flags: values, words: positionals };
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    return process.exit(1);
  }
}

/** @typedef {{ file: string, node: import('./tested-nodes.mjs').TestedNode, isOther: boolean }} Job */

/** @returns {Promise<Job[]>} */
async function jobs() {
  const own = { version: process.versions.node, program: process.execPath };
  const node = flags.node === undefined ? own : await testedNode(root, flags.node);
  const chosen = files(words).map((file) => ({ file, node, isOther: node !== own }));
  if (flags.beside === undefined) return chosen;
  const wanted = linesOf(flags.beside);
  const stale = wanted.find((word) => files([word]).length === 0);
  if (stale !== undefined) throw new Error(`${flags.beside} has a line that is in no test's path: ${stale}`);
  for (const major of otherMajors(root)) {
    const other = await testedNode(root, major);
    chosen.push(...files(wanted).map((file) => ({ file, node: other, isOther: true })));
  }
  return chosen;
}

/** @param {readonly string[]} words */
function files(words) {
  return (
    readdirSync(flags.from, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.js'))
      .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
      .sort()
      // The slowest files must not run alone at the end.
      .sort((one, other) => Number(other.startsWith('systemd/')) - Number(one.startsWith('systemd/')))
  );
}

/** @param {Job} job */
async function runJob({ file, node, isOther }) {
  const started = performance.now();
  const settings = { directory: root, limitSeconds: Number(flags.limit), isFirst: isOther };
  const ending = await runTestFile(join(flags.from, file), node.program, settings);
  const verdict = verdictOf(ending);
  total.passed += verdict.passed;
  total.failed += verdict.failed;
  total.skipped += verdict.skipped;
  for (const note of verdict.notes) notes.add(note);
  for (const reason of verdict.reasons) reasons.add(reason);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const name = relative('.', file) + (isOther ? `, Node ${node.version}` : '');
  const counts = `${verdict.passed} passed${verdict.skipped === 0 ? '' : `, ${verdict.skipped} skipped`}`;
  console.log(`${verdict.failed === 0 ? 'ok  ' : 'FAIL'} ${name} (${counts}, ${seconds} s)`);
  if (verdict.failed > 0) console.log(`${ending.output}\n(exit code ${ending.code ?? ending.signal})`);
  for (const complaint of verdict.complaints) console.log(`FAIL ${name}: ${complaint}`);
  if (flags['allowed-skips'] !== undefined && verdict.unexplained > 0) {
    complain(`${name}: ${verdict.unexplained} tests are skipped in the code, by test.skip or test.only`);
  }
}

/** @param {string} list */
function refuseOtherSkips(list) {
  const allowed = linesOf(list).map((line) => new RegExp(`^${line.split('*').map(literally).join('.*')}$`));
  for (const reason of reasons) {
    if (!allowed.some((pattern) => pattern.test(reason))) complain(`skipped, which ${list} does not allow: ${reason}`);
  }
}

/** @param {string} text */
function literally(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The lines of a file, without comments. @param {string} path */
function linesOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

/** @param {string} text */
function complain(text) {
  console.log(`FAIL ${text}`);
  total.failed += 1;
}
