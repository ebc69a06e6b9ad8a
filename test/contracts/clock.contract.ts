import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../../src/ports/clock.js';

/** What {@link Clock} promises, for any implementation that is asked between `earliestMs` and `latestMs()`. */
export function clockContract(name: string, clock: Clock, earliestMs: number, latestMs: () => number): void {
  const test = suite(`Clock contract: ${name}`);

  test('returns whole milliseconds that a date can hold', () => {
    const nowMs = clock.nowMs();
    assert.ok(Number.isInteger(nowMs));
    assert.is(Date.parse(new Date(nowMs).toISOString()), nowMs);
  });

  test('counts from 1970', () => {
    const nowMs = clock.nowMs();
    assert.ok(earliestMs <= nowMs && nowMs <= latestMs(), `${nowMs}`);
  });

  test.run();
}
