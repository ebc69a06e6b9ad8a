import { composePruning } from '../../composition/container.js';
import { pruneDocument } from '../../documents/catalogue-document.js';
import { jsonText } from '../../documents/json-text.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { prunePlace } from '../../domain/retention/prune-backups.js';
import { isRule } from '../../domain/retention/retention.js';
import { warnOfLeftFiles, warnOfOddTimes } from '../../domain/retention/retention-warnings.js';
import { placeFrom } from '../backup-place.js';
import { formatFrom, readingFrom, required } from '../options.js';
import { pruneText } from '../rendering/catalogue-text.js';
import { failureDocument } from '../rendering/failure-json.js';
import { warningText } from '../rendering/warning-text.js';
import { type RetentionOptions, ruleFrom } from '../retention.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco prune`. */
export interface PruneOptions extends RetentionOptions {
  readonly dryRun?: boolean;
  readonly format: string;
}

/** `jaco prune`: deletes what no rule keeps of the backups in a place. */
export async function prune(word: string, options: PruneOptions, terminal: Terminal): Promise<void> {
  const format = formatFrom(options.format, ['text', 'json']);
  const rule = ruleFrom(options);
  if (!isRule(rule)) {
    throw new JacoError('request_invalid', 'prune was not told what to keep.', {
      remedies: [advice('Give --keep, --keep-within, --keep-daily, --keep-weekly or --keep-monthly.')],
    });
  }
  const nowMs = Date.now();
  const dryRun = options.dryRun === true;
  const { place, belongs, ofSeries } = placeFrom(required(word, '<place>', 'prune'), nowMs);
  const ports = await composePruning({ ...readingFrom(options, [place], terminal), readsPipes: false });
  const request = { place, belongs, ofSeries, rule, nowMs, dryRun };
  const outcome = await prunePlace(ports, request, terminal.signal);
  const { judged, left, failure } = outcome;
  // Nothing was looked at: that there are no backups would be a guess.
  if (failure !== undefined && judged.length === 0) throw failure;
  if (format === 'json') {
    const error = failure === undefined ? {} : { error: failureDocument(failure) };
    terminal.report(jsonText({ ...pruneDocument(outcome, request), ...error }));
  } else terminal.report(pruneText(outcome, request));
  for (const warning of [...warnOfOddTimes(judged), ...warnOfLeftFiles(left)]) terminal.warn(warningText(warning));
  if (failure !== undefined) throw failure;
}
