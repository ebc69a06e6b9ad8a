import type { Passage } from '../adapters/storage/reading-through.js';
import type { S3Settings } from '../adapters/storage/s3/s3-settings.js';
import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';

/** What is decided of the places where backups are kept. */
export interface StorageSettings {
  readonly streams: StandardStreams;
  /** Whether a path that is that of a pipe is read, and its writer waited for. */
  readonly readsPipes: boolean;
  /** What the bytes of a backup pass when it is read, decryption included. */
  readonly passage: Passage;
  /** The server that holds the buckets. */
  readonly objects: S3Settings;
  /** How large an archive may become that is written, in bytes. */
  readonly largestBytes: number;
}
