import type { Clock } from '../../src/ports/clock.js';

/** A {@link Clock} that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Lets `durationMs` pass. */
  advance(durationMs: number): void;
}

/** A clock that shows `startMs`. */
export function createManualClock(startMs = Date.UTC(2026, 4, 25, 3)): ManualClock {
  let now = startMs;
  return {
    nowMs: () => now,
    advance(durationMs) {
      now += durationMs;
    },
  };
}
