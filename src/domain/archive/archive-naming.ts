import { type ErrorCode, isJacoError, JacoError } from '../errors.js';
import { type ArchiveLocation, locationName, locationWord } from '../values/archive-location.js';

/** Failures whose sentences say "the archive" without naming it. */
const namelessCodes: readonly ErrorCode[] = [
  ...(['archive_rejected', 'archive_too_large', 'identity_missing', 'identity_unusable'] as const),
  ...(['cluster_mismatch', 'keyring_mismatch', 'schema_unsupported', 'snapshot_rejected'] as const),
];

/** The result of `work`. A failure about the archive names it, in its sentence and as the detail `archive`. */
export async function namingArchive<Result>(archive: ArchiveLocation, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!isJacoError(error) || !namelessCodes.includes(error.code)) throw error;
    throw new JacoError(error.code, `${locationName(archive, 'read')}: ${error.message}`, {
      remedies: error.remedies,
      details: { ...error.details, archive: locationWord(archive) },
      cause: error,
    });
  }
}

/** The same for use cases with one archive: it does not name a stream, since each frontend calls that differently. */
export function namingFile<Result>(archive: ArchiveLocation, work: Promise<Result>): Promise<Result> {
  return archive.kind === 'standard-stream' ? work : namingArchive(archive, work);
}
