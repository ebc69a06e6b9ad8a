import type { DaemonConnection } from 'jaco/adapters/grpc/connection';

/** The settings that the surrounding program decides. */
export interface ServiceSettings {
  /** The daemon to ask. */
  readonly connection: DaemonConnection;
  /** The token that clients must send. Secret. */
  readonly token: string;
  /** How long a backup may take, in milliseconds. */
  readonly backupDeadlineMs: number;
  /** How long a query to the daemon may take, in milliseconds. */
  readonly questionDeadlineMs: number;
  /** The largest archive that is accepted for inspection, in bytes. */
  readonly largestArchiveBytes: number;
  /** The largest snapshot, decompressed, that is sent or inspected, in bytes. */
  readonly largestSnapshotBytes: number;
  /** Receives failures that no answer could report: unexpected ones, and those in the middle of a backup. */
  readonly report: (error: unknown) => void;
}

/** Settings that suit most clusters. */
export const usualSettings = {
  backupDeadlineMs: 300_000,
  questionDeadlineMs: 10_000,
  largestArchiveBytes: 1024 ** 3,
  largestSnapshotBytes: 4 * 1024 ** 3,
} as const;
