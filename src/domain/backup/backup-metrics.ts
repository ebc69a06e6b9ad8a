/** The last backup that succeeded. */
export interface LastSuccess {
  /** When it finished, in milliseconds since 1970. */
  readonly atMs: number;
  readonly durationMs: number;
  /** The size of the file on disk. */
  readonly sizeBytes: number;
  /** Undefined if the archive's schema does not say. */
  readonly snapshotIndex: bigint | undefined;
  readonly snapshotTerm: bigint | undefined;
}

/** The gauges of the last success, by the suffixes of their names. */
const gauges = {
  timestamp_seconds: 'When the last successful backup was complete, in seconds since 1970.',
  duration_seconds: 'How long the last successful backup took.',
  size_bytes: 'Size of the file of the last successful backup.',
  snapshot_index: 'Raft index of the last successful backup.',
  snapshot_term: 'Raft term of the last successful backup.',
} as const;

type Gauge = keyof typeof gauges;

/** The values of the last success, as text, so that no digit is lost from one run to the next. */
export type LastSuccessValues = Readonly<Record<Gauge, string>>;

const prefix = 'jaco_backup_last_success_';
const attempt = 'jaco_backup_last_attempt_success';

/** The gauges' values for a success: 0, which no raft snapshot has, for an unknown index or term. */
export function valuesOf(success: LastSuccess): LastSuccessValues {
  return {
    timestamp_seconds: String(success.atMs / 1000),
    duration_seconds: String(success.durationMs / 1000),
    size_bytes: String(success.sizeBytes),
    snapshot_index: String(success.snapshotIndex ?? 0n),
    snapshot_term: String(success.snapshotTerm ?? 0n),
  };
}

/**
 * The metrics in the Prometheus text format: whether the last attempt succeeded, and the last success, if any.
 */
export function metricsText(succeeded: boolean, lastSuccess: LastSuccessValues | undefined): string {
  const lines = gaugeLines(attempt, 'Whether the last attempt to take a backup succeeded.', succeeded ? '1' : '0');
  for (const gauge of Object.keys(lastSuccess === undefined ? {} : gauges) as Gauge[]) {
    lines.push(...gaugeLines(`${prefix}${gauge}`, gauges[gauge], (lastSuccess as LastSuccessValues)[gauge]));
  }
  return `${lines.join('\n')}\n`;
}

/** Whether {@link metricsText}, of any version, could have made a text, or the text is empty. */
export function isMetricsText(text: string): boolean {
  return text.split('\n').every((line) => line.trim() === '' || /^(?:# (?:HELP|TYPE) )?jaco_backup_/.test(line));
}

/** The last success in an earlier {@link metricsText}; undefined if there is none, or the text is something else. */
export function lastSuccessIn(text: string): LastSuccessValues | undefined {
  const found: Partial<Record<Gauge, string>> = {};
  for (const line of text.split('\n')) {
    const match = /^jaco_backup_last_success_([a-z_]+) ([0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?)$/.exec(
      line,
    );
    const gauge = (Object.keys(gauges) as Gauge[]).find((name) => name === match?.[1]);
    if (gauge !== undefined) found[gauge] = match?.[2] as string;
  }
  return Object.keys(found).length === Object.keys(gauges).length ? (found as LastSuccessValues) : undefined;
}

function gaugeLines(name: string, help: string, value: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`];
}
