/** After how many bytes the pieces that have passed are freed. */
const freedEveryBytes = 8 * 1024 * 1024;

/**
 * Frees pieces that have passed, before they fill tens of megabytes. V8 frees them when its own heap has grown enough; but
 * their bytes lie outside of it, and how many have piled up by then depends on what else the program does for each. Uses the
 * collector that `node --expose-gc` or the program itself has put into `gc`; without one V8 is left alone.
 */
export function createPieceRelease(): (passedBytes: number) => void {
  let passed = 0;
  return function release(passedBytes) {
    passed += passedBytes;
    if (passed < freedEveryBytes) return;
    passed = 0;
    // Of the young alone: to look through the whole heap takes ten times as long, and V8 forgets what it has optimized.
    globalThis.gc?.({ type: 'minor' });
  };
}
