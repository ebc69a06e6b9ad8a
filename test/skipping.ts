// The only ways in which a test may be left out. scripts/run-tests.mjs counts them, and in continuous integration refuses
// those that .ci/allowed-skips does not have.

let inTests = 0;
let leftOut = 0;
let whole = 0;

/**
 * Says that the test whose body calls this cannot run here, and why. It counts as skipped, although uvu counts it as
 * passed: `return skipTest('a mount point: only root can make one')`.
 */
export function skipTest(reason: string): void {
  inTests += 1;
  tell(reason);
}

/** Says that some tests of this file are not even defined, and why. */
export function skipCases(reason: string): void {
  leftOut += 1;
  tell(reason);
}

/** Says that no test of this file, or no further one, is defined, and why. */
export function skipFile(reason: string): void {
  whole += 1;
  tell(reason);
}

function tell(reason: string): void {
  // uvu's dots have no end of line.
  console.log(`\nSKIPPED: ${reason}`);
}

process.on('exit', () => {
  if (inTests + leftOut + whole === 0) return;
  console.log(`  Skips:     ${inTests} in tests, ${leftOut} left out, ${whole} whole`);
});
