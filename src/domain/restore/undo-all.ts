import { isJacoError, JacoError } from '../errors.js';
import { advice } from '../remedy.js';

/** Takes every step, even after one that fails, and returns what to throw: `failure`, told with what could not be undone. */
export async function undoAll(failure: unknown, steps: readonly (() => Promise<void>)[]): Promise<unknown> {
  const remains: string[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      remains.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (remains.length === 0 || !isJacoError(failure)) return failure;
  const sentence = failure.message.replace(/\.?$/, '.');
  return new JacoError(failure.code, `${sentence} Undoing it failed too: ${remains.join(' ')}`, {
    remedies: [advice('Remove by hand what is left, before a daemon starts there.')],
    details: failure.details,
    cause: failure,
  });
}
