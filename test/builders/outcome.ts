import { isJacoError, type JacoError } from '../../src/domain/errors.js';

/** The code of the refusal that `pending` ends in; a text that no code equals when it ends otherwise. */
export async function codeOf(pending: Promise<unknown>): Promise<string> {
  const error = await thrownBy(pending);
  return isJacoError(error) ? error.code : `not a refusal: ${String(error)}`;
}

/** The refusal that `pending` ends in. @throws what else it throws, or an error of its own when it succeeds */
export async function refusalOf(pending: Promise<unknown>): Promise<JacoError> {
  const error = await thrownBy(pending);
  if (isJacoError(error)) return error;
  throw error;
}

/** What `pending` throws; an error of its own when it succeeds. */
export function thrownBy(pending: Promise<unknown>): Promise<unknown> {
  return pending.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
}
