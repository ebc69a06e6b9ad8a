import type { BoltFile } from './bolt-reader.js';
import type { RefuseDamage } from './damaged-store.js';

/** The bucket of the entries. raft-boltdb v2.3 (bolt_store.go) creates missing buckets on opening and needs no other key. */
export const logBucket = 'logs';
/** The bucket of the stable store. */
export const stableBucket = 'conf';

/** Two metas, a freelist, and a root without buckets (bbolt v1.4 db.go init). */
const newFilePages = 4n;

/**
 * raft-boltdb creates both buckets in one transaction, the first one in a new file: if one is missing, or both in a file that has
 * grown, damage has hidden them.
 * @throws store_damaged (through `refuse`), storage_failed, permission_denied
 */
export async function requireBuckets(file: BoltFile, refuse: RefuseDamage): Promise<void> {
  const [hasLog, hasStable] = [await file.hasBucket(logBucket), await file.hasBucket(stableBucket)];
  const names = `"${logBucket}" and "${stableBucket}"`;
  if (hasLog !== hasStable) throw refuse(`it has only one of the buckets ${names}`);
  if (!hasLog && file.pageCount > newFilePages)
    throw refuse(`it has ${file.pageCount} pages, and lacks the buckets ${names}`);
}
