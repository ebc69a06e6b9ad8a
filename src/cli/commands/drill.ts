import { composeRehearsal } from '../../composition/container.js';
import { jsonText } from '../../documents/json-text.js';
import { rehearsalDocument } from '../../documents/rehearsal-document.js';
import { JacoError, type LeftBehind } from '../../domain/errors.js';
import { rehearseRestore } from '../../domain/restore/rehearse-restore.js';
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
import { rehearsalText } from '../rendering/rehearsal-text.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco drill`. */
export interface DrillOptions extends ReadingOptions, KeyringOptions {
  readonly input?: string;
  readonly name?: string;
  readonly daemonVersion?: string;
  readonly expectCluster?: string;
  readonly workDir?: string;
  readonly format: string;
}

/** `jaco drill`: a restore rehearsal that leaves nothing behind. */
export async function drill(options: DrillOptions, terminal: Terminal): Promise<void> {
  const archive = requiredArchive(options.input, '--input <file>', 'drill');
  const format = formatFrom(options.format, ['text', 'json']);
  const reading = readingFrom(options, [archive], terminal);
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const progress = await showProgress(terminal, 'Read');
  const ports = await composeRehearsal({ ...reading, ...hostFromEnvironment(), watch: progress.watch, keyFile });
  progress.expect(await knownSize(ports.restore.store, archive, terminal.signal));
  const wish = {
    archive,
    name: options.name,
    daemonVersion: options.daemonVersion,
    expectedCluster: options.expectCluster,
    workDirectory: options.workDir,
  };
  const outcome = await rehearseRestore(ports, wish, terminal.signal).finally(progress.end);
  if (outcome.restored.plan.compatibility.kind === 'compatible-with-warning') {
    terminal.warn(outcome.restored.plan.compatibility.warning);
  }
  for (const warning of outcome.restored.archiveWarnings) terminal.warn(warningText(warning));
  terminal.print(format === 'json' ? jsonText(rehearsalDocument(outcome)) : rehearsalText(outcome));
  // A rehearsal that left something has not succeeded: it is the cluster's unencrypted state.
  if (outcome.leftBehind.length > 0) terminal.fail(notRemoved(outcome.leftBehind));
}

function notRemoved(leftBehind: readonly LeftBehind[]): JacoError {
  return new JacoError(
    'storage_failed',
    'the archive restores, but not everything that rehearsals leave could be removed.',
    {
      leftBehind,
    },
  );
}
