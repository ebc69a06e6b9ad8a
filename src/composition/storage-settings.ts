import type { Passage } from '../adapters/storage/reading-through.js';
import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';

/** What is decided of the places where backups are kept. */
export interface StorageSettings {
  readonly streams: StandardStreams;
  /** Whether a path that is that of a pipe is read, and its writer waited for. */
  readonly readsPipes: boolean;
  /** What the bytes of a backup pass when it is read, decryption included. */
  readonly passage: Passage;
}
