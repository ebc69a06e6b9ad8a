// The results of a test file, from how its process ended and what it printed. A file counts as failed unless its output
// shows that it ran to its end.

/**
 * @typedef {object} Ending
 * @property {string} output  everything that it printed
 * @property {number | null} code
 * @property {string | null} signal
 * @property {string} [broken]  why the runner ended it
 */

/**
 * @typedef {object} Verdict
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} complaints  what is wrong apart from failed tests
 * @property {string[]} reasons     what was skipped and why, as printed
 * @property {string[]} notes       measurements that are worth showing
 * @property {number} unexplained   tests that are skipped in the code, without a reason
 */

/** findings/a-failure-without-a-word.sh */
const swallowed =
  'a hook failed, or a test with an error whose details are no text: uvu says nothing of either, and runs no further test of the suite';

/** uvu's closing lines, at the beginning of lines. */
const closing =
  /^ {2}Total: {5}(?<total>\d+)\n {2}Passed: {4}(?<passed>\d+)\n {2}Skipped: {3}(?<skipped>\d+)\n {2}Duration: /gm;

/** The line of test/skipping.ts. */
const skips = /^ {2}Skips: {5}(?<tests>\d+) in tests, (?<cases>\d+) left out, (?<files>\d+) whole$/gm;

/** @param {Ending} ending @returns {Verdict} */
export function verdictOf({ output, code, signal, broken }) {
  const [ran, claimed, coded] = sums(output, closing, ['total', 'passed', 'skipped']);
  const [inTests, leftOut, whole] = sums(output, skips, ['tests', 'cases', 'files']);
  const reasons = linesWith(output, 'SKIPPED: ');
  const complaints = broken === undefined ? [] : [broken];
  const failedTests = ran - claimed;
  if (broken === undefined) {
    if (signal !== null) complaints.push(`it was ended by ${signal}`);
    else if (code !== 0 && failedTests === 0) complaints.push(`it ended with exit code ${code}, though no test failed`);
    else if (!closes(output) && whole === 0) complaints.push('it ended before its tests did');
    else if (ran + coded + leftOut + whole === 0) complaints.push('it ran no test');
    else if (code === 0 && failedTests > 0) complaints.push(swallowed);
  }
  if (inTests > claimed) complaints.push('it skipped more tests than passed');
  if (reasons.length > inTests + leftOut + whole) {
    complaints.push('it prints SKIPPED by itself: only the functions of test/skipping.ts are counted');
  }
  return {
    passed: Math.max(claimed - inTests, 0),
    failed: Math.max(failedTests, complaints.length > 0 ? 1 : 0),
    skipped: coded + inTests + leftOut + whole,
    complaints,
    reasons: reasons.map((line) => line.slice('SKIPPED: '.length)),
    notes: linesWith(output, 'NOTE: '),
    unexplained: coded,
  };
}

/** @param {string} output */
function closes(output) {
  return output.search(closing) !== -1;
}

/** @param {string} output @param {RegExp} pattern @param {[string, string, string]} names @returns {[number, number, number]} */
function sums(output, pattern, names) {
  const groups = [...output.matchAll(pattern)].map((match) => match.groups ?? {});
  const sum = (/** @type {string} */ name) => groups.reduce((total, group) => total + Number(group[name]), 0);
  return [sum(names[0]), sum(names[1]), sum(names[2])];
}

/** @param {string} output @param {string} beginning */
function linesWith(output, beginning) {
  return output.split('\n').filter((line) => line.startsWith(beginning));
}
