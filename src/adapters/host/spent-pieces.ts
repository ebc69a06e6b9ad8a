const mebibyte = 1024 * 1024;

/** After how many bytes spent pieces are freed. */
const freedEveryBytes = 8 * mebibyte;

/** What no command uses at a time outside V8's heap: where more is there, V8 keeps pieces that it found in use twice. */
const mostUsedBytes = 32 * mebibyte;

/** After how many bytes such pieces are freed. */
const clearedEveryBytes = 64 * mebibyte;

/**
 * Of the whole process: two collections in quick succession would move what is still in use to V8's old space, where
 * it stays long after its use.
 */
let passed = 0;
let passedSinceCleared = 0;

/**
 * Counts bytes that have passed, and frees spent pieces before they fill tens of megabytes. V8 frees them only when its
 * own heap has grown enough. But their bytes lie outside that heap, and how many pile up depends on what else the
 * program allocates. Uses the collector that `node --expose-gc` or the program itself has put into `gc`; without one it
 * does nothing.
 */
export function releasePieces(passedBytes: number): void {
  passed += passedBytes;
  if (passed < freedEveryBytes) return;
  passedSinceCleared += passed;
  passed = 0;
  // A minor collection: a full one takes ten times as long, and V8 discards optimized code.
  globalThis.gc?.({ type: 'minor' });
  if (passedSinceCleared < clearedEveryBytes || process.memoryUsage().external < mostUsedBytes) return;
  passedSinceCleared = 0;
  globalThis.gc?.();
}
