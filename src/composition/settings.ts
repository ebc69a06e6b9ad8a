import type { ArchiveLimits } from '../adapters/archive/archive-limits.js';
import type { DaemonConnection } from '../adapters/grpc/connection.js';
import type { Passage } from '../adapters/storage/reading-through.js';
import type { S3Settings } from '../adapters/storage/s3/s3-settings.js';
import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';
import type { HostSettings } from './identifiers.js';

/*
 * What a frontend decides, by use case.
 */

/** How a cluster is reached, and how long a call to it may take. */
export interface ConnectionSettings {
  readonly connection: DaemonConnection;
  readonly deadlineMs: number;
}

/** What a backup may be asked for beside a cluster and a file. */
export interface BackupSettings extends ConnectionSettings {
  readonly limits: ArchiveLimits;
  /** age recipients, or files that hold some; none leaves the archive as it was sent. */
  readonly recipients: readonly string[];
  /** How another node of the cluster is reached; undefined where there is no token for it, or nobody shall be followed. */
  readonly connectionTo: ((grpcAddress: string) => DaemonConnection) | undefined;
  readonly streams: StandardStreams;
  /** Where objects are kept; left out, what the shared files of the AWS tools say. */
  readonly objects?: S3Settings;
}

/** How archives are read. */
export interface ReadingSettings {
  readonly limits: ArchiveLimits;
  /** File with age identities, for archives that are encrypted. */
  readonly identityPath: string | undefined;
  readonly streams: StandardStreams;
  /** Where objects are kept; left out, what the shared files of the AWS tools say. */
  readonly objects?: S3Settings;
  /** Whether a path that is that of a pipe is read, and its writer waited for. */
  readonly readsPipes: boolean;
  /** Sees the bytes of an archive as they are kept, from the beginning at each reading. */
  readonly watch?: Passage;
}

/** How an archive is read and where the host is asked about itself. */
export interface RestoreSettings extends ReadingSettings, HostSettings {}
