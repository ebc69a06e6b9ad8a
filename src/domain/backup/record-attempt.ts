import type { Clock } from '../../ports/clock.js';
import type { MetricsFile } from '../../ports/metrics-file.js';
import { isJacoError, type JacoError } from '../errors.js';
import { lastSuccessIn, metricsText, valuesOf } from './backup-metrics.js';
import type { BackupOutcome } from './take-backup.js';

/** What recording works with. */
export interface RecordingPorts {
  readonly metrics: MetricsFile;
  readonly clock: Clock;
}

/**
 * Takes a backup through `attempt` and records in the metrics file at `path` how it went. A failure leaves what was recorded
 * of the last success. That it could not be recorded changes nothing about the attempt; `unrecorded` is told.
 * @throws what `attempt` throws
 */
export async function recordAttempt<Outcome extends BackupOutcome>(
  { metrics, clock }: RecordingPorts,
  path: string,
  attempt: () => Promise<Outcome>,
  unrecorded: (failure: JacoError) => void,
): Promise<Outcome> {
  const startedAtMs = clock.nowMs();
  let outcome: Outcome;
  try {
    outcome = await attempt();
  } catch (error) {
    await telling(unrecorded, async () => {
      const before = await metrics.read(path);
      await metrics.replace(path, metricsText(false, before === undefined ? undefined : lastSuccessIn(before)));
    });
    throw error;
  }
  const { snapshotIndex, snapshotTerm } = outcome.metadata;
  const atMs = clock.nowMs();
  const durationMs = Math.max(0, atMs - startedAtMs);
  const success = { atMs, durationMs, sizeBytes: outcome.sizeBytes, snapshotIndex, snapshotTerm };
  await telling(unrecorded, () => metrics.replace(path, metricsText(true, valuesOf(success))));
  return outcome;
}

async function telling(unrecorded: (failure: JacoError) => void, record: () => Promise<void>): Promise<void> {
  try {
    await record();
  } catch (failure) {
    if (!isJacoError(failure)) throw failure;
    unrecorded(failure);
  }
}
