import type { Clock } from '../../ports/clock.js';
import type { MetricsFile } from '../../ports/metrics-file.js';
import { isJacoError, JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { printable } from '../values/printable-text.js';
import { earlierRecord, isMetricsText, metricsText, recordedSuccess } from './attempt-metrics.js';
import type { AttemptSeries, Success } from './attempt-series.js';

/** The ports of recording. */
export interface RecordingPorts {
  readonly metrics: MetricsFile;
  readonly clock: Clock;
}

/** Where and how the attempts of a schedule are recorded. */
export interface Recording<Outcome> {
  /** The path of the metrics file. */
  readonly path: string;
  readonly series: AttemptSeries;
  /** The facts of an outcome; undefined if it counts as a failure. */
  successOf(outcome: Outcome): Success | undefined;
  /** Hears why recording failed, which does not change the result of the attempt. */
  unrecorded(failure: JacoError): void;
  /** Hears of the other schedule whose record this one replaces. */
  replacing(schedule: string): void;
}

/**
 * Makes an attempt and records the result in a metrics file. A failure keeps the record of the last success.
 * @throws request_invalid  the file holds something else, which recording would destroy; nothing was attempted
 * @throws what `attempt` throws
 */
export async function recordAttempt<Outcome>(
  { metrics, clock }: RecordingPorts,
  recording: Recording<Outcome>,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  const { series, successOf } = recording;
  const record = await prepare(metrics, recording);
  const recordFailure = () => record((before) => metricsText(series, false, earlierRecord(before, series).lastSuccess));
  const startedAtMs = clock.nowMs();
  let outcome: Outcome;
  try {
    outcome = await attempt();
  } catch (error) {
    await recordFailure();
    throw error;
  }
  const atMs = clock.nowMs();
  const success = successOf(outcome);
  if (success === undefined) await recordFailure();
  else {
    const recorded = recordedSuccess(success, atMs, Math.max(0, atMs - startedAtMs));
    await record(() => metricsText(series, true, recorded));
  }
  return outcome;
}

/** Records a text that is made from the earlier record; leaves a file alone that cannot be read. */
async function prepare<Outcome>(metrics: MetricsFile, { path, series, unrecorded, replacing }: Recording<Outcome>) {
  const recordable = await reporting(unrecorded, async () => {
    const before = await refuseOtherContent(metrics, path, series);
    const { otherSchedule } = earlierRecord(before, series);
    if (otherSchedule !== undefined) replacing(otherSchedule);
  });
  return async (textAfter: (before: string) => string): Promise<void> => {
    if (!recordable) return;
    await reporting(unrecorded, async () => {
      const before = await metrics.read(path);
      await metrics.replace(path, textAfter(before.kind === 'text' ? before.text : ''));
    });
  };
}

async function refuseOtherContent(metrics: MetricsFile, path: string, series: AttemptSeries): Promise<string> {
  const content = await metrics.read(path);
  if (content.kind === 'none') return '';
  if (content.kind === 'text' && isMetricsText(content.text, series)) return content.text;
  throw new JacoError(
    'request_invalid',
    `cannot record metrics in ${printable(path, 4096)}: it holds something else.`,
    {
      remedies: [advice(`Name a new file, or one in which earlier ${series.activity}s were recorded.`)],
    },
  );
}

/** Whether `work` succeeded; reports a failure, unless it is the operator's own mistake. */
async function reporting(unrecorded: (failure: JacoError) => void, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (failure) {
    if (!isJacoError(failure) || failure.code === 'request_invalid') throw failure;
    unrecorded(failure);
    return false;
  }
}
