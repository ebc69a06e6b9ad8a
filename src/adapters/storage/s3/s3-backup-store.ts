import { locationWord, type ObjectLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore } from '../../../ports/backup-store.js';
import { abandonUploads } from './abandoned-uploads.js';
import { askedOf, createKeptObjects } from './kept-objects.js';
import { requireBucket } from './object-names.js';
import { openObject } from './object-reading.js';
import { createObjectWriter } from './object-writer.js';
import { findEndpoint } from './s3-endpoint.js';
import { s3Error } from './s3-failure.js';
import { createS3Requests } from './s3-requests.js';
import type { S3Manners, S3Settings } from './s3-settings.js';

/**
 * Backups as objects in buckets of any server that speaks S3.
 * @throws request_invalid  the settings name no server
 */
export async function createS3BackupStore(
  settings: S3Settings,
  manners: S3Manners,
): Promise<BackupStore<ObjectLocation>> {
  const requests = createS3Requests(await findEndpoint(settings), manners);
  return {
    ...createObjectWriter(requests),
    ...createKeptObjects(requests),
    async clearUnfinished(request, signal) {
      requireBucket(request.place);
      return abandonUploads(requests, request, signal).catch((error) => {
        const action = `look for unfinished uploads beside ${locationWord(request.place)}`;
        throw s3Error(error, { ...askedOf(requests, request.place), action });
      });
    },
    open: (location, signal, { fingerprint = false } = {}) => openObject(requests, location, signal, fingerprint),
  };
}
