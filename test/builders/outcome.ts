import { isJacoError, type JacoError } from '../../src/domain/errors.js';

/** The code of `pending`'s refusal; a text that equals no code if it ends in another way. */
export async function codeOf(pending: Promise<unknown>): Promise<string> {
  const error = await thrownBy(pending);
  return isJacoError(error) ? error.code : `not a refusal: ${String(error)}`;
}

/** The refusal of `pending`. @throws other errors of it, or an error if it succeeds */
export async function refusalOf(pending: Promise<unknown>): Promise<JacoError> {
  const error = await thrownBy(pending);
  if (isJacoError(error)) return error;
  throw error;
}

/** What `pending` throws; an error if it succeeds. */
export function thrownBy(pending: Promise<unknown>): Promise<unknown> {
  return pending.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
}
