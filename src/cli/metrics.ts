import { composeRecording } from '../composition/container.js';
import { recordAttempt } from '../domain/backup/record-attempt.js';
import type { BackupOutcome } from '../domain/backup/take-backup.js';
import { errorSentence } from './rendering/error-text.js';
import type { Terminal } from './terminal.js';

/** Takes a backup and records the result in the metrics file, if one is given; a failure to record is a warning. */
export async function recordedIn<Outcome extends BackupOutcome>(
  metricsFile: string | undefined,
  take: () => Promise<Outcome>,
  terminal: Terminal,
): Promise<Outcome> {
  if (metricsFile === undefined) return take();
  if (!metricsFile.endsWith('.prom')) {
    terminal.warn("the metrics file's name does not end in .prom: node_exporter's textfile collector will not read it");
  }
  return recordAttempt(await composeRecording(), metricsFile, take, (failure) =>
    terminal.warn(`the metrics were not recorded: ${errorSentence(failure)}`),
  );
}
