import { randomUUID } from 'node:crypto';
import { JacoError, leavingBehind, leftBehindBy, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import { locationName, locationWord, type ObjectLocation } from '../../../domain/values/archive-location.js';
import type { ArchiveWriter } from '../../../ports/archive-writer.js';
import { abandonUploads, inSeriesOf } from './abandoned-uploads.js';
import { askedOf } from './kept-objects.js';
import { requireObject } from './object-names.js';
import { s3Error } from './s3-failure.js';
import type { S3Requests } from './s3-requests.js';
import { abortUpload, beginUpload, completeUpload } from './upload.js';
import { requireWritten } from './upload-check.js';
import { uploadParts } from './upload-parts.js';

/**
 * Writes an archive as a multipart upload while it comes. Nothing is visible in the bucket before the upload is
 * completed, which happens when the whole archive has passed and each of its parts was acknowledged. A failed upload is
 * aborted, so that it causes no costs. If two writers use one key, the one that ends last wins; within a process the
 * second is refused.
 */
export function createObjectWriter(requests: S3Requests): ArchiveWriter<ObjectLocation> {
  const writing = new Set<string>();
  return {
    async write(location, archive, signal) {
      stopIfInterrupted(signal);
      requireObject(location, 'written');
      const word = locationWord(location);
      if (writing.has(word)) throw inProgress(location);
      writing.add(word);
      try {
        return { location, sizeBytes: await upload(requests, location, archive, signal) };
      } catch (error) {
        throw leavingBehind(told(error, requests, location), leftBehindBy(error));
      } finally {
        writing.delete(word);
      }
    },
  };
}

async function upload(
  requests: S3Requests,
  location: ObjectLocation,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  await abandonUploads(requests, { place: location, belongs: inSeriesOf(location), dryRun: false }, signal);
  const begun = await beginUpload(requests, location, randomUUID(), signal);
  let parts: Awaited<ReturnType<typeof uploadParts>>;
  let cut = false;
  try {
    parts = await uploadParts(requests, begun, archive, signal, () => {
      cut = true;
    });
    stopIfInterrupted(signal);
    // From here on the object may exist: the upload cannot be stopped, only checked.
    await completeUpload(requests, begun, parts);
  } catch (error) {
    throw leavingBehind(told(error, requests, location), await abortUpload(requests, begun, cut));
  }
  await requireWritten(requests, begun, parts);
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Errors of the archive pass unchanged; errors of the server become a sentence. */
function told(error: unknown, requests: S3Requests, location: ObjectLocation): unknown {
  return s3Error(error, { ...askedOf(requests, location), action: `write ${locationWord(location)}` });
}

function inProgress(location: ObjectLocation): JacoError {
  return new JacoError(
    'in_progress',
    `cannot write ${locationName(location, 'written')}: another backup is writing it.`,
    {
      remedies: [advice('Wait for it to end, or choose another name.')],
    },
  );
}
