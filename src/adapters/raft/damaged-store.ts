import { isJacoError, JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';

/** Makes the error for a damaged file of a raft store; `reason` completes "<path> is damaged: …". */
export type RefuseDamage = (reason: string, cause?: unknown) => JacoError;

/** Makes errors about one file of a raft store, for the reasons that its reader finds. */
export function damageOf(path: string): RefuseDamage {
  return (reason, cause) =>
    new JacoError('store_damaged', `${printable(path, 4096)} is damaged: ${reason}.`, {
      remedies: [advice('Check the disk, then restore a backup into a fresh data directory.')],
      details: { path },
      cause,
    });
}

/** What `work` gives; undefined where it meets damage. */
export async function unlessDamaged<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isJacoError(error, 'store_damaged')) return undefined;
    throw error;
  }
}
