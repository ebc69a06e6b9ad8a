import { composePruning } from '../../composition/container.js';
import { catalogueDocument } from '../../documents/catalogue-document.js';
import { jsonText } from '../../documents/json-text.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { catalogueBackups } from '../../domain/retention/catalogue-backups.js';
import { seriesOf } from '../../domain/retention/cluster-series.js';
import { warnOfLeftFiles } from '../../domain/retention/retention-warnings.js';
import { standardStreamWord } from '../../domain/values/archive-location.js';
import { placeFrom } from '../backup-place.js';
import { formatFrom, type ReadingOptions, readingFrom, required } from '../options.js';
import type { Catalogue } from '../rendering/catalogue-page.js';
import { catalogueText } from '../rendering/catalogue-text.js';
import { localeHasBlocks } from '../rendering/locale.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco list`. */
export interface ListOptions extends ReadingOptions {
  readonly html?: string;
  readonly format: string;
}

/** `jaco list`: the backups in a directory, under a prefix or of a pattern. */
export async function list(word: string, options: ListOptions, terminal: Terminal): Promise<void> {
  const format = formatFrom(options.format, ['text', 'json']);
  const nowMs = Date.now();
  const { place, belongs } = placeFrom(required(word, '<place>', 'list'), nowMs);
  const ports = await composePruning({ ...readingFrom(options, [place], terminal), readsPipes: false });
  const { backups, left } = await catalogueBackups(
    ports,
    { place, belongs, nowMs, withKinds: options.html !== undefined },
    terminal.signal,
  );
  const series = seriesOf(backups, nowMs);
  if (options.html !== undefined) await writePage(options.html, { place: word, series, left, nowMs });
  if (format === 'json') terminal.print(jsonText(catalogueDocument(series, left, nowMs)));
  else terminal.print(catalogueText(series, nowMs, localeHasBlocks(process.env)));
  for (const warning of warnOfLeftFiles(left)) terminal.warn(warningText(warning));
}

async function writePage(path: string, catalogue: Catalogue): Promise<void> {
  if (path === standardStreamWord) {
    throw new JacoError('request_invalid', '--html names no file: - is standard output.', {
      remedies: [advice('Give the path of a file.')],
    });
  }
  const [{ cataloguePage, pageBeginning }, { composePageWriter }] = await Promise.all([
    import('../rendering/catalogue-page.js'),
    import('../../composition/page-writer.js'),
  ]);
  await composePageWriter()(path, cataloguePage(catalogue), pageBeginning);
}
