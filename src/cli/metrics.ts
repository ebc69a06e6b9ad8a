import { partOfFile } from '../adapters/filesystem/replace-file.js';
import { composeRecording } from '../composition/container.js';
import { JacoError } from '../domain/errors.js';
import type { AttemptSeries, Success } from '../domain/monitoring/attempt-series.js';
import { recordAttempt } from '../domain/monitoring/record-attempt.js';
import { advice } from '../domain/remedy.js';
import { standardStreamWord } from '../domain/values/archive-location.js';
import { printable } from '../domain/values/printable-text.js';
import type { NamedFile } from './named-files.js';
import { errorSentence } from './rendering/error-text.js';
import type { Terminal } from './terminal.js';

/** What is recorded of the attempts of a command. */
export interface RecordedAttempts<Outcome> {
  readonly series: AttemptSeries;
  /** The facts of an outcome; undefined if it counts as a failure. */
  successOf(outcome: Outcome): Success | undefined;
}

/** Makes an attempt and records the result in the metrics file, if one is given; a failure to record is a warning. */
export async function recordedIn<Outcome>(
  metricsFile: string | undefined,
  recorded: RecordedAttempts<Outcome>,
  attempt: () => Promise<Outcome>,
  terminal: Terminal,
): Promise<Outcome> {
  if (metricsFile === undefined) return attempt();
  if (!metricsFile.endsWith('.prom')) {
    terminal.warn("the metrics file's name does not end in .prom: node_exporter's textfile collector will not read it");
  }
  const recording = {
    ...recorded,
    path: metricsFile,
    unrecorded: (failure: JacoError) => terminal.warn(`the metrics were not recorded: ${errorSentence(failure)}`),
    replacing: (schedule: string) =>
      terminal.warn(
        `the metrics file held the record of another schedule, ${printable(schedule, 4096)}, which this one replaces: give each a file of its own`,
      ),
  };
  return recordAttempt(await composeRecording(), recording, attempt);
}

/**
 * The metrics file among the files that flags name.
 * @throws request_invalid  metrics cannot go to a pipe: a collector reads them repeatedly
 */
export function metricsFileNamed(path: string | undefined): readonly NamedFile[] {
  if (path === undefined) return [];
  if (path !== standardStreamWord) return [{ flag: '--metrics-file', path, use: 'replace', partOf: partOfFile }];
  throw new JacoError('request_invalid', '--metrics-file names no file: - is standard output.', {
    remedies: [advice('Give the path of a file that the collector reads.')],
  });
}
