/** The facts of a success that are worth watching. */
export interface Success {
  /** Undefined, like the next ones, if the archive's schema does not say. */
  readonly clusterId: string | undefined;
  readonly snapshotIndex: bigint | undefined;
  readonly snapshotTerm: bigint | undefined;
  /** When the snapshot was taken, in milliseconds since 1970. */
  readonly takenAtMs: number | undefined;
  /** Of the file of a backup, or of the state that a drill restored. */
  readonly sizeBytes: number;
}

/** The attempts of one schedule, as a monitoring system knows them. */
export interface AttemptSeries {
  readonly activity: 'backup' | 'drill';
  /** The label that holds `schedule`. */
  readonly label: 'output' | 'input';
  /** What the operator named, the same at every run: with its patterns, before they are expanded. Undefined if nothing was named. */
  readonly schedule: string | undefined;
}

/** The backups to an output, by the word with which the operator names it. */
export function backupsTo(output: string | undefined): AttemptSeries {
  return { activity: 'backup', label: 'output', schedule: output };
}

/** The drills of an archive, or of the newest one in a place. */
export function drillsOf(input: string | undefined): AttemptSeries {
  return { activity: 'drill', label: 'input', schedule: input };
}
