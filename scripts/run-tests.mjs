// Runs every compiled test file in a process of its own, two at a time, and closes with one line that counts what
// really ran. Words on the command line select files whose path contains one of them.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const words = process.argv.slice(2);
const parallel = Number(process.env['JACO_TEST_PARALLEL'] ?? 2);

const files = readdirSync(join(root, 'build/test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const notes = [];

/** @param {string} output @param {string} name */
function count(output, name) {
  const matches = [...output.matchAll(new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'gm'))];
  return matches.reduce((sum, match) => sum + Number(match[1]), 0);
}

/** @param {string} file @returns {Promise<void>} */
function runFile(file) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'build/test', file)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code, signal) => {
      const ran = count(output, 'Total');
      const passed = count(output, 'Passed');
      const skipped = count(output, 'Skipped');
      // A file that dies half-way, or runs nothing without saying why, is itself a failure.
      const broken = (code !== 0 && passed === ran) || (ran === 0 && !/^SKIPPED: /m.test(output));
      const failed = ran - passed - skipped + (broken ? 1 : 0);
      total.passed += passed;
      total.skipped += skipped;
      total.failed += failed;
      notes.push(...output.split('\n').filter((line) => /^(SKIPPED|NOTE): /.test(line)));
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${failed === 0 ? 'ok  ' : 'FAIL'} ${relative('.', file)} (${passed} passed, ${seconds} s)`);
      if (failed > 0) console.log(`${output}\n(exit code ${code ?? signal})`);
      resolve();
    });
  });
}

const queue = [...files];
await Promise.all(
  Array.from({ length: parallel }, async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await runFile(file);
  }),
);
// What several files say in the same words is said once.
for (const note of new Set(notes)) console.log(note);
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
console.log(`${total.passed} passed, ${total.failed + (files.length === 0 ? 1 : 0)} failed${skipped}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
