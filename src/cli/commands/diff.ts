import { composeComparison } from '../../composition/container.js';
import { differenceDocument } from '../../documents/difference-document.js';
import { jsonText } from '../../documents/json-text.js';
import { diffArchives } from '../../domain/archive/diff-archives.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { findKeyFile } from '../key-file.js';
import { formatFrom, type KeyringOptions, type ReadingOptions, readingFrom, requiredArchive } from '../options.js';
import { showProgress } from '../progress.js';
import { differenceText } from '../rendering/difference-text.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco diff`. */
export interface DiffOptions extends ReadingOptions, KeyringOptions {
  readonly format: string;
}

/** `jaco diff`: what changed between two archives. */
export async function diff(
  oldArchive: string,
  newArchive: string,
  options: DiffOptions,
  terminal: Terminal,
): Promise<void> {
  const wish = {
    oldArchive: requiredArchive(oldArchive, '<old>', 'diff'),
    newArchive: requiredArchive(newArchive, '<new>', 'diff'),
  };
  if (wish.oldArchive.kind === 'standard-stream' && wish.newArchive.kind === 'standard-stream') {
    throw new JacoError('request_invalid', 'standard input holds one archive, not two.', {
      remedies: [advice('Give the path of a file for one of them.')],
    });
  }
  const format = formatFrom(options.format, ['text', 'json']);
  const reading = readingFrom(options, [wish.oldArchive, wish.newArchive], terminal);
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const progress = await showProgress(terminal, 'Read');
  const ports = await composeComparison({ ...reading, watch: progress.watch, keyFile });
  const difference = await diffArchives(ports, wish, terminal.signal).finally(progress.end);
  for (const warning of difference.warnings) terminal.warn(warningText(warning));
  terminal.print(format === 'json' ? jsonText(differenceDocument(difference)) : differenceText(difference));
}
