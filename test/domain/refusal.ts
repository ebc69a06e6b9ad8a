import * as assert from 'uvu/assert';
import { type ErrorCode, JacoError } from '../../src/domain/errors.js';

/** The expected failure of kind `code` of `action`; fails the test if it ends in another way. */
export function refusalOf(code: ErrorCode, action: () => unknown): JacoError {
  return expectRefusal(code, thrownBy(action));
}

/** As {@link refusalOf}, for what a promise rejects with. */
export async function rejectionOf(code: ErrorCode, pending: Promise<unknown>): Promise<JacoError> {
  return expectRefusal(code, await failureOf(pending));
}

/** What a promise rejects with; an error of its own, which no test expects, when it does not. */
export function failureOf(pending: Promise<unknown>): Promise<unknown> {
  return pending.then(
    () => new Error('it succeeded'),
    (failure: unknown) => failure,
  );
}

function expectRefusal(code: ErrorCode, failure: unknown): JacoError {
  // The runner does not notice when undefined is thrown.
  if (!(failure instanceof JacoError)) throw failure instanceof Error ? failure : new Error(`thrown: ${failure}`);
  assert.is(failure.code, code, `refused for another reason: ${failure.message}`);
  return failure;
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (failure) {
    return failure;
  }
  return new Error('it succeeded');
}
