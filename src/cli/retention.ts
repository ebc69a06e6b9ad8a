import { composePruning } from '../composition/container.js';
import { fileNameMatcher, type OutputPattern } from '../domain/backup/output-pattern.js';
import type { BackupOutcome } from '../domain/backup/take-backup.js';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { type PruneOutcome, pruneBackups } from '../domain/retention/prune-backups.js';
import { isRule, type RetentionRule } from '../domain/retention/retention.js';
import { warnOfLeftFiles, warnOfOddTimes } from '../domain/retention/retention-warnings.js';
import { type ArchiveLocation, locationName, locationWord } from '../domain/values/archive-location.js';
import { printable } from '../domain/values/printable-text.js';
import { durationMs, type ReadingOptions, readingFrom } from './options.js';
import { errorSentence } from './rendering/error-text.js';
import { warningText } from './rendering/warning-text.js';
import type { Terminal } from './terminal.js';

/** The flags that say which earlier backups to keep. */
export interface RetentionOptions extends ReadingOptions {
  readonly keep?: string;
  readonly keepWithin?: string;
  readonly keepDaily?: string;
  readonly keepWeekly?: string;
  readonly keepMonthly?: string;
}

/**
 * What the flags ask to keep.
 * @throws request_invalid  a value is unfit
 */
export function ruleFrom(options: RetentionOptions): RetentionRule {
  const { keep, keepWithin, keepDaily, keepWeekly, keepMonthly } = options;
  return {
    keep: countFrom(keep, '--keep'),
    keepWithinMs: keepWithin === undefined ? undefined : durationMs(keepWithin, '--keep-within'),
    keepDaily: countFrom(keepDaily, '--keep-daily'),
    keepWeekly: countFrom(keepWeekly, '--keep-weekly'),
    keepMonthly: countFrom(keepMonthly, '--keep-monthly'),
  };
}

/** What to keep, and how a file is recognised as one of the series. */
export interface Retention {
  readonly rule: RetentionRule;
  readonly belongs: (fileName: string) => boolean;
  readonly reading: ReadingOptions;
}

/**
 * What the flags request to keep; undefined without such flags.
 * @throws request_invalid  a value is invalid, or the name of the output does not show which files belong together
 */
export function retentionFrom(
  options: RetentionOptions,
  pattern: OutputPattern,
  output: ArchiveLocation,
): Retention | undefined {
  const { identity } = options;
  const rule = ruleFrom(options);
  if (!isRule(rule)) {
    if (identity === undefined) return undefined;
    throw new JacoError('request_invalid', '--identity has no use without --keep or --keep-within.', {
      remedies: [advice('To encrypt a backup, give --encrypt-to.')],
    });
  }
  const belongs = fileNameMatcher(pattern);
  if (belongs === undefined) {
    throw new JacoError(
      'request_invalid',
      `--keep and --keep-within need a pattern in the file name of --output, and "${printable(locationWord(output), 4096)}" has none.`,
      { remedies: [advice('Write it like cluster-%F.tar.gz.')] },
    );
  }
  return { rule, belongs, reading: options };
}

function countFrom(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new JacoError('request_invalid', `${flag} "${printable(text, 60)}" is not a number of backups.`, {
    remedies: [advice('Give 1 or more.')],
  });
}

/**
 * Deletes what no rule keeps, and reports the result for each file. The backup is already written, so a failure here is
 * a warning; an interruption is for the caller.
 */
export async function pruneAfterBackup(
  { rule, belongs, reading }: Retention,
  { location, metadata, encrypted }: BackupOutcome,
  nowMs: number,
  terminal: Terminal,
): Promise<Pick<PruneOutcome, 'deleted' | 'failure'>> {
  // Entries of the directory may be pipes, which it does not wait for.
  const ports = await composePruning({ ...readingFrom(reading, [location], terminal), readsPipes: false });
  const request = { written: location, metadata, encrypted, belongs, rule, nowMs };
  const { deleted, unfinished, left, failure, judged } = await pruneBackups(ports, request, terminal.signal);
  for (const gone of deleted) terminal.note(`Deleted ${locationName(gone, 'written')}`);
  for (const { location: gone } of unfinished) {
    terminal.note(`Deleted what a killed backup had left: ${locationName(gone, 'written')}`);
  }
  for (const warning of [...warnOfOddTimes(judged), ...warnOfLeftFiles(left)]) terminal.warn(warningText(warning));
  if (failure !== undefined && failure.code !== 'interrupted') {
    terminal.warn(`the backup is written, but older ones were not cleared away: ${errorSentence(failure)}`);
  }
  return { deleted, failure };
}
