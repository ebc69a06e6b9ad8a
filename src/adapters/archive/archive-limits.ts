/** Limits on an archive. */
export interface ArchiveLimits {
  /** The largest snapshot.bin to accept, in bytes: keeps a gzip bomb from filling the disk. */
  readonly snapshotBytes: number;
}

/** Larger than any state that a daemon can hold in memory today. */
export const defaultArchiveLimits: ArchiveLimits = { snapshotBytes: 64 * 1024 ** 3 };
