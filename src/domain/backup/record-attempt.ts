import type { Clock } from '../../ports/clock.js';
import type { MetricsFile } from '../../ports/metrics-file.js';
import { isJacoError, JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { printable } from '../values/printable-text.js';
import { isMetricsText, lastSuccessIn, metricsText, valuesOf } from './backup-metrics.js';
import type { BackupOutcome } from './take-backup.js';

/** The ports of recording. */
export interface RecordingPorts {
  readonly metrics: MetricsFile;
  readonly clock: Clock;
}

/**
 * Takes a backup with `attempt` and records the result in the metrics file at `path`. A failure keeps the record of the
 * last success. If recording fails, that goes to `unrecorded` and does not change the result of the attempt.
 * @throws request_invalid  the file holds something else, which recording would destroy; nothing was attempted
 * @throws what `attempt` throws
 */
export async function recordAttempt<Outcome extends BackupOutcome>(
  { metrics, clock }: RecordingPorts,
  path: string,
  attempt: () => Promise<Outcome>,
  unrecorded: (failure: JacoError) => void,
): Promise<Outcome> {
  const record = await prepare(metrics, path, unrecorded);
  const startedAtMs = clock.nowMs();
  let outcome: Outcome;
  try {
    outcome = await attempt();
  } catch (error) {
    await record((before) => metricsText(false, lastSuccessIn(before)));
    throw error;
  }
  const { snapshotIndex, snapshotTerm } = outcome.metadata;
  const atMs = clock.nowMs();
  const durationMs = Math.max(0, atMs - startedAtMs);
  const success = { atMs, durationMs, sizeBytes: outcome.sizeBytes, snapshotIndex, snapshotTerm };
  await record(() => metricsText(true, valuesOf(success)));
  return outcome;
}

/** Records a text that is made from the earlier record; leaves a file alone that cannot be read. */
async function prepare(metrics: MetricsFile, path: string, unrecorded: (failure: JacoError) => void) {
  const recordable = await reporting(unrecorded, () => refuseOtherContent(metrics, path));
  return async (textAfter: (before: string) => string): Promise<void> => {
    if (!recordable) return;
    await reporting(unrecorded, async () => {
      const before = await metrics.read(path);
      await metrics.replace(path, textAfter(before.kind === 'text' ? before.text : ''));
    });
  };
}

async function refuseOtherContent(metrics: MetricsFile, path: string): Promise<void> {
  const content = await metrics.read(path);
  if (content.kind === 'none' || (content.kind === 'text' && isMetricsText(content.text))) return;
  throw new JacoError(
    'request_invalid',
    `cannot record metrics in ${printable(path, 4096)}: it holds something else.`,
    {
      remedies: [advice('Name a new file, or one in which earlier backups were recorded.')],
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
