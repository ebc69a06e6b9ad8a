import type { Clock } from '../../ports/clock.js';

/** This machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };
