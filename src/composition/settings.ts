import type { ArchiveLimits } from '../adapters/archive/archive-limits.js';
import type { DaemonConnection } from '../adapters/grpc/connection.js';
import type { Passage } from '../adapters/storage/reading-through.js';
import type { S3Settings } from '../adapters/storage/s3/s3-settings.js';
import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';
import type { HostSettings } from './identifiers.js';

/*
 * What a frontend decides, by use case.
 */

/** How to reach a cluster, and how long a call to it may take. */
export interface ConnectionSettings {
  readonly connection: DaemonConnection;
  readonly deadlineMs: number;
}

/** The settings of a backup in addition to the cluster and the file. */
export interface BackupSettings extends ConnectionSettings {
  readonly limits: ArchiveLimits;
  /** The file of the cluster's keyring, by which a sealed state is looked into. */
  readonly keyFile?: string | undefined;
  /** age recipients, or files with recipients; if empty, the archive stays as it was sent. */
  readonly recipients: readonly string[];
  /** Whether to compute the SHA-256 of what is stored. */
  readonly fingerprint?: boolean;
  /** How to reach another node of the cluster; undefined if there is no token, or the leader should not be followed. */
  readonly connectionTo: ((grpcAddress: string) => DaemonConnection) | undefined;
  readonly streams: StandardStreams;
  /** Where objects are kept; left out, what the shared files of the AWS tools say. */
  readonly objects?: S3Settings;
}

/** How to read archives. */
export interface ReadingSettings {
  readonly limits: ArchiveLimits;
  /** File with age identities, for encrypted archives. */
  readonly identityPath: string | undefined;
  /** File of the keyring of the cluster, for archives whose state is sealed. */
  readonly keyFile?: string | undefined;
  readonly streams: StandardStreams;
  /** Where objects are kept; left out, what the shared files of the AWS tools say. */
  readonly objects?: S3Settings;
  /** Whether to read pipes, waiting for their writer. */
  readonly readsPipes: boolean;
  /** Sees the stored bytes of an archive, from the beginning at each reading. */
  readonly watch?: Passage;
}

/** How an archive is read, and under which keyring it is sealed anew. */
export interface ReencryptionSettings extends ReadingSettings {
  readonly nextKeyFile: string;
}

/** How to read a raft store that is left, and the settings for facts about the host. */
export interface RecoverySettings extends HostSettings {
  /** File of the keyring of the cluster, for a store that is sealed. */
  readonly keyFile?: string | undefined;
}

/** How to read an archive, and the settings for facts about the host. */
export interface RestoreSettings extends ReadingSettings, HostSettings {}
