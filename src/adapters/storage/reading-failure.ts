import { JacoError } from '../../domain/errors.js';
import { storageError } from '../filesystem/file-operations.js';

/**
 * The operating system's error in reading the backup called `name`, as a sentence; any other error passes unchanged.
 */
export function readingFailure(name: string, error: unknown): unknown {
  const translated = storageError(error, `read the archive ${name}`);
  // An error of the domain, such as an interruption, is not a failure to read.
  if (!(translated instanceof JacoError) || translated === error) return error;
  return new JacoError('archive_unreadable', translated.message, {
    remedies:
      translated.code === 'permission_denied'
        ? [{ kind: 'run-as', users: ['root', 'reader-of-file'] }]
        : translated.remedies,
    details: translated.details,
    cause: error,
  });
}
