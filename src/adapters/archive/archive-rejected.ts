import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';

/** The refusal of an archive; `reason` completes "the archive is not usable: …". */
export function archiveRejected(reason: string, cause?: unknown): JacoError {
  return new JacoError('archive_rejected', `the archive is not a complete backup: ${reason}.`, {
    remedies: [advice('Use another archive, or take the backup again.')],
    cause,
  });
}
