import type { AttemptSeries, Success } from './attempt-series.js';

/** The gauges of the last success of each activity, by the suffixes of their names. */
const gauges = {
  backup: {
    timestamp_seconds: 'When the last successful backup was complete, in seconds since 1970.',
    duration_seconds: 'How long the last successful backup took.',
    size_bytes: 'Size of the file of the last successful backup.',
    snapshot_index: 'Raft index of the last successful backup.',
    snapshot_term: 'Raft term of the last successful backup.',
  },
  drill: {
    timestamp_seconds: 'When the last successful drill was complete, in seconds since 1970.',
    duration_seconds: 'How long the last successful drill took.',
    size_bytes: 'Size of the state that the last successful drill restored.',
    snapshot_index: 'Raft index of the backup of the last successful drill.',
    snapshot_term: 'Raft term of the backup of the last successful drill.',
    snapshot_timestamp_seconds: 'When the backup of the last successful drill was taken, in seconds since 1970.',
  },
} as const;

const attempts = {
  backup: 'Whether the last attempt to take a backup succeeded.',
  drill: 'Whether the last attempt of a drill succeeded.',
} as const;

/** The last success as it stands in a file: values are text, so that no digit is lost from one run to the next. */
export interface RecordedSuccess {
  /** Undefined if the archive does not say. */
  readonly clusterId: string | undefined;
  /** By the suffixes of the gauges. */
  readonly values: Readonly<Record<string, string>>;
}

/** A success for the file: 0, which no raft snapshot has, for an unknown index, term or time. */
export function recordedSuccess(success: Success, atMs: number, durationMs: number): RecordedSuccess {
  const { clusterId, sizeBytes, snapshotIndex, snapshotTerm, takenAtMs } = success;
  return {
    clusterId,
    values: {
      timestamp_seconds: String(atMs / 1000),
      duration_seconds: String(durationMs / 1000),
      size_bytes: String(sizeBytes),
      snapshot_index: String(snapshotIndex ?? 0n),
      snapshot_term: String(snapshotTerm ?? 0n),
      snapshot_timestamp_seconds: String((takenAtMs ?? 0) / 1000),
    },
  };
}

/**
 * The metrics in the Prometheus text format: whether the last attempt succeeded, and the last success, if any. The label
 * that names the schedule keeps those of several schedules on one host apart: node_exporter drops one of two equal series
 * and reports nothing (findings/two-files-of-one-metric.sh). Help texts are the same for all, which it demands.
 */
export function metricsText(
  { activity, label, schedule }: AttemptSeries,
  succeeded: boolean,
  lastSuccess: RecordedSuccess | undefined,
): string {
  const prefix = `jaco_${activity}_last_`;
  const named = { [label]: schedule };
  const lines = gaugeLines(`${prefix}attempt_success`, attempts[activity], named, succeeded ? '1' : '0');
  if (lastSuccess !== undefined) {
    const labels = { ...named, cluster: lastSuccess.clusterId };
    for (const [gauge, help] of Object.entries(gauges[activity])) {
      lines.push(...gaugeLines(`${prefix}success_${gauge}`, help, labels, lastSuccess.values[gauge] as string));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Whether {@link metricsText}, of any version, could have made a text of that activity, or the text is empty. */
export function isMetricsText(text: string, { activity }: AttemptSeries): boolean {
  const form = new RegExp(`^(?:# (?:HELP|TYPE) )?jaco_${activity}_`);
  return text.split('\n').every((line) => line.trim() === '' || form.test(line));
}

/** What an earlier {@link metricsText} says. */
export interface EarlierRecord {
  /** Undefined if there is none of this schedule. */
  readonly lastSuccess: RecordedSuccess | undefined;
  /** The other schedule that the file belongs to; undefined if it is this one's. */
  readonly otherSchedule: string | undefined;
}

/** Reads an earlier text. One without labels, as older versions wrote it, counts as of any schedule. */
export function earlierRecord(text: string, { activity, label, schedule }: AttemptSeries): EarlierRecord {
  const values: Record<string, string> = {};
  let clusterId: string | undefined;
  for (const line of text.split('\n')) {
    const sample = sampleForm.exec(line);
    if (sample === null) continue;
    const [, name = '', written = '', value = ''] = sample;
    const labels = labelsIn(written);
    const found = labels.get(label);
    if (found !== undefined && found !== schedule) return { lastSuccess: undefined, otherSchedule: found };
    clusterId = labels.get('cluster') ?? clusterId;
    const gauge = name.replace(`jaco_${activity}_last_success_`, '');
    if (gauge !== name) values[gauge] = value;
  }
  const isWhole = Object.keys(gauges[activity]).every((gauge) => values[gauge] !== undefined);
  return { lastSuccess: isWhole ? { clusterId, values } : undefined, otherSchedule: undefined };
}

const sampleForm = /^([a-z_]+)(?:\{(.*)\})? ([0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?)$/;

function labelsIn(written: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of written.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) {
    found.set(
      name,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    );
  }
  return found;
}

function gaugeLines(
  name: string,
  help: string,
  labels: Readonly<Record<string, string | undefined>>,
  value: string,
): string[] {
  const written = Object.entries(labels).flatMap(([label, text]) =>
    text === undefined ? [] : [`${label}="${escapedLabel(text)}"`],
  );
  const sample = written.length === 0 ? name : `${name}{${written.join(',')}}`;
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${sample} ${value}`];
}

function escapedLabel(text: string): string {
  return text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
