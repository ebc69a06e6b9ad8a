import { isJacoError, JacoError, type LeftBehind, leavingBehind, leftBehindBy } from '../errors.js';
import { advice } from '../remedy.js';

/**
 * Runs every step, even after one fails, and returns the error to throw: `failure`, with what the steps report as left
 * behind, and the sentence of a step that failed although it should never fail.
 */
export async function undoAll(
  failure: unknown,
  steps: readonly (() => Promise<readonly LeftBehind[]>)[],
): Promise<unknown> {
  const left = [...leftBehindBy(failure)];
  const remains: string[] = [];
  for (const step of steps) {
    try {
      left.push(...(await step()));
    } catch (error) {
      remains.push(error instanceof Error ? error.message : String(error));
      left.push(...leftBehindBy(error));
    }
  }
  if (remains.length === 0 || !isJacoError(failure)) return leavingBehind(failure, left);
  const sentence = failure.message.replace(/\.?$/, '.');
  return new JacoError(failure.code, `${sentence} Undoing it failed too: ${remains.join(' ')}`, {
    remedies: [advice('Remove by hand what is left, before a daemon starts there.')],
    details: failure.details,
    leftBehind: left,
    cause: failure,
  });
}
