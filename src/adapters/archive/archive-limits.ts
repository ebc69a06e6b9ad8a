/** What an archive may cost. */
export interface ArchiveLimits {
  /** The largest snapshot.bin that is accepted, in bytes: what stops a gzip bomb from filling the disk. */
  readonly snapshotBytes: number;
}

/** Larger than any state that a daemon holds in memory today. */
export const defaultArchiveLimits: ArchiveLimits = { snapshotBytes: 64 * 1024 ** 3 };
