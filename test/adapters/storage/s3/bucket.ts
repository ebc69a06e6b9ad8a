import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import { findEndpoint } from '../../../../src/adapters/storage/s3/s3-endpoint.js';
import { createS3Requests, type S3Request, type S3Requests } from '../../../../src/adapters/storage/s3/s3-requests.js';
import { mannersFor, type S3Manners, type S3Settings } from '../../../../src/adapters/storage/s3/s3-settings.js';
import { childrenOf, rootOf, textOf } from '../../../../src/adapters/storage/s3/s3-xml.js';
import type { ObjectLocation } from '../../../../src/domain/values/archive-location.js';
import type { BackupStore } from '../../../../src/ports/backup-store.js';
import type { StorageServer } from './storage-servers.js';

/** A bucket of its own, empty, and a store on its server. */
export interface Bucket {
  readonly name: string;
  readonly store: BackupStore;
  readonly requests: S3Requests;
  at(key: string): ObjectLocation;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The bytes of an object; undefined where there is none. */
  get(key: string): Promise<string | undefined>;
  keys(): Promise<readonly string[]>;
  /** The keys of uploads that are not finished. */
  uploads(): Promise<readonly string[]>;
}

/** No waiting in tests, and the smallest parts that S3 allows. */
export const hurried: S3Manners = {
  ...mannersFor(0),
  partBytes: 5 * 1024 * 1024,
  firstPauseMs: 1,
  attempts: 4,
  silenceMs: 5_000,
};

const never = new AbortController().signal;
let buckets = 0;

/** Where `server` is, as an operator would say it. */
export function settingsFor(server: StorageServer, change: Partial<S3Settings> = {}): S3Settings {
  const nothing = { endpoint: undefined, region: undefined, addressing: undefined, caCertificatePath: undefined };
  return { ...nothing, environment: { HOME: '/nonexistent', ...server.environment }, ...change };
}

/** Makes a bucket on `server`. */
export async function makeBucket(server: StorageServer, manners: Partial<S3Manners> = {}): Promise<Bucket> {
  const settings = settingsFor(server);
  const allManners = { ...hurried, ...manners };
  const requests = createS3Requests(await findEndpoint(settings), allManners);
  buckets += 1;
  const name = `backups-${process.pid}-${buckets}`;
  const ask = (request: Omit<S3Request, 'bucket'>) => requests.ask({ bucket: name, ...request }, never);
  await ask({ method: 'PUT', key: '' });
  const listed = async (query: Record<string, string>, kind: string) => {
    const root = rootOf((await ask({ method: 'GET', key: '', query })).body);
    if (root === undefined) throw new Error('no listing');
    return childrenOf(root, kind).map((entry) => textOf(entry, 'Key') ?? '');
  };
  return {
    name,
    requests,
    store: (await createS3BackupStore(settings, allManners)) as BackupStore,
    at: (key) => ({ kind: 'object', bucket: name, key }),
    async put(key, body) {
      await ask({ method: 'PUT', key, body });
    },
    async get(key) {
      const text = await ask({ method: 'GET', key }).catch(() => undefined);
      return text?.body;
    },
    keys: () => listed({ 'list-type': '2' }, 'Contents'),
    uploads: () => listed({ uploads: '' }, 'Upload'),
  };
}
