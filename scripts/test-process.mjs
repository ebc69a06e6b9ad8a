// Runs one test file in its own process, and kills it with everything it started if it takes too long.
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/** How long a process that a test file left behind may keep its output open, in milliseconds. */
const patienceMs = 2_000;

/** @type {Set<number>} The process groups that are running. */
const groups = new Set();

/**
 * @param {string} file the path of a compiled test file
 * @param {string} program the Node that runs it
 * @param {{ directory: string, limitSeconds: number, isFirst: boolean }} settings `isFirst`: that Node comes first on the
 *   file's PATH
 * @returns {Promise<import('./test-verdict.mjs').Ending>}
 */
export function runTestFile(file, program, { directory, limitSeconds, isFirst }) {
  const before = process.env['PATH'] ?? '';
  const path = isFirst ? `${dirname(program)}${delimiter}${before}` : before;
  const child = spawn(program, ['--enable-source-maps', file], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: path, FORCE_COLOR: '0', NO_COLOR: '1' },
    // Its own group, so that the processes that it started can be ended with it.
    detached: true,
  });
  const group = child.pid ?? 0;
  groups.add(group);
  return new Promise((resolve) => {
    let output = '';
    /** @type {string | undefined} */
    let broken;
    /** @param {string} why */
    const end = (why) => {
      broken ??= why;
      killGroup(group);
    };
    const limit = setTimeout(() => end(`it did not end within ${limitSeconds} seconds`), limitSeconds * 1000);
    /** @type {NodeJS.Timeout | undefined} */
    let left;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('exit', () => {
      left = setTimeout(() => end('it left a process behind that holds its output'), patienceMs);
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      clearTimeout(left);
      // Silent processes that it left behind end with it.
      killGroup(group);
      groups.delete(group);
      resolve({ output, code, signal, ...(broken === undefined ? {} : { broken }) });
    });
  });
}

/** Ends all that is running. */
export function endTestFiles() {
  for (const group of groups) killGroup(group);
}

/** @param {number} group */
function killGroup(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}
