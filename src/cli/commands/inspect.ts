import { stat } from 'node:fs/promises';
import { composeInspection, composeRecovery } from '../../composition/container.js';
import { inspectionDocument } from '../../documents/inspection-document.js';
import { jsonText } from '../../documents/json-text.js';
import { storeInspectionDocument } from '../../documents/store-inspection-document.js';
import { inspectArchive, type ListableKind } from '../../domain/archive/inspect-archive.js';
import { warnOfPadding } from '../../domain/archive/read-archive.js';
import { JacoError } from '../../domain/errors.js';
import { inspectStore } from '../../domain/recovery/inspect-store.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { findKeyFile } from '../key-file.js';
import {
  formatFrom,
  hostFromEnvironment,
  type KeyringOptions,
  type ReadingOptions,
  readingFrom,
  requiredArchive,
} from '../options.js';
import { knownSize, showProgress } from '../progress.js';
import { documentWords } from '../rendering/document-words.js';
import { inspectionText, namesText } from '../rendering/inspection-text.js';
import { localeHasBlocks } from '../rendering/locale.js';
import { storeInspectionText } from '../rendering/store-inspection-text.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco inspect`. */
export interface InspectOptions extends ReadingOptions, KeyringOptions {
  readonly list?: ListableKind;
  readonly daemonVersion?: string;
  readonly all?: boolean;
  readonly format: string;
}

/** `jaco inspect`: what is in an archive, and whether a restore would accept it. */
export async function inspect(archive: string, options: InspectOptions, terminal: Terminal): Promise<void> {
  if ((await stat(archive).catch(() => undefined))?.isDirectory() === true)
    return inspectData(archive, options, terminal);
  const { list, daemonVersion } = options;
  const wish = { archive: requiredArchive(archive, '<archive>', 'inspect'), daemonVersion, list };
  const format = formatFrom(options.format, ['text', 'json']);
  const reading = readingFrom(options, [wish.archive], terminal);
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const progress = await showProgress(terminal, 'Read');
  const ports = await composeInspection({ ...reading, watch: progress.watch, keyFile });
  progress.expect(await knownSize(ports.store, wish.archive, terminal.signal));
  const inspection = await inspectArchive(ports, wish, terminal.signal).finally(progress.end);
  const { verdict } = inspection;
  for (const warning of warnOfPadding(wish.archive, inspection.file)) terminal.warn(warningText(warning));
  if (verdict.kind === 'accepted' && verdict.compatibility.kind === 'compatible-with-warning') {
    terminal.warn(verdict.compatibility.warning);
  }
  if (format === 'json')
    terminal.print(jsonText(list === undefined ? inspectionDocument(inspection, documentWords) : inspection.names));
  else if (list === undefined)
    terminal.print(inspectionText(inspection, { all: options.all === true, bars: localeHasBlocks(process.env) }));
  else if (inspection.names.length > 0) terminal.print(namesText(inspection.names));
  if (verdict.kind === 'refused') terminal.fail(verdict.refusal);
}

/** What a data directory holds, or the raft directory in one. */
async function inspectData(path: string, options: InspectOptions, terminal: Terminal): Promise<void> {
  const flags = { '--list': options.list, '--daemon-version': options.daemonVersion, '--identity': options.identity };
  const [flag] = Object.entries(flags).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined) {
    throw new JacoError(
      'request_invalid',
      `${flag} is about an archive, and ${printable(path, 4096)} is a directory.`,
      {
        remedies: [advice('Leave it out, or name an archive.')],
      },
    );
  }
  const format = formatFrom(options.format, ['text', 'json']);
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const { survivors } = await composeRecovery({ ...hostFromEnvironment(), keyFile });
  const inspection = await inspectStore(survivors, path, terminal.signal);
  terminal.print(format === 'json' ? jsonText(storeInspectionDocument(inspection)) : storeInspectionText(inspection));
}
