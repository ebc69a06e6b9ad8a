import { composePruning } from '../../composition/container.js';
import { catalogueDocument } from '../../documents/catalogue-document.js';
import { jsonText } from '../../documents/json-text.js';
import { catalogueBackups } from '../../domain/retention/catalogue-backups.js';
import { seriesOf } from '../../domain/retention/cluster-series.js';
import { warnOfLeftFiles } from '../../domain/retention/prune-backups.js';
import { placeFrom } from '../backup-place.js';
import { formatFrom, type ReadingOptions, readingFrom, required } from '../options.js';
import { catalogueText } from '../rendering/catalogue-text.js';
import { localeHasBlocks } from '../rendering/locale.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco list`. */
export interface ListOptions extends ReadingOptions {
  readonly format: string;
}

/** `jaco list`: the backups in a directory, under a prefix or of a pattern. */
export async function list(word: string, options: ListOptions, terminal: Terminal): Promise<void> {
  const format = formatFrom(options.format, ['text', 'json']);
  const nowMs = Date.now();
  const { place, belongs } = placeFrom(required(word, '<place>', 'list'), nowMs);
  const ports = await composePruning({ ...readingFrom(options, [place], terminal), readsPipes: false });
  const { backups, left } = await catalogueBackups(ports, { place, belongs, nowMs }, terminal.signal);
  const series = seriesOf(backups, nowMs);
  if (format === 'json') terminal.print(jsonText(catalogueDocument(series, left, nowMs)));
  else terminal.print(catalogueText(series, nowMs, localeHasBlocks(process.env)));
  for (const warning of warnOfLeftFiles(left)) terminal.warn(warningText(warning));
}
