import type { Passage } from '../adapters/storage/reading-through.js';
import type { S3Settings } from '../adapters/storage/s3/s3-settings.js';
import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';

/** Settings of the stores. */
export interface StorageSettings {
  readonly streams: StandardStreams;
  /** Whether to read pipes, waiting for their writer. */
  readonly readsPipes: boolean;
  /** The stages that a backup's bytes pass when read, including decryption. */
  readonly passage: Passage;
  /** The server that holds the buckets. */
  readonly objects: S3Settings;
  /** How large an archive may become that is written, in bytes. */
  readonly largestBytes: number;
}
