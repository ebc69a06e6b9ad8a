import { composeRecovery } from '../../composition/container.js';
import { composeRehearsalPlace } from '../../composition/rehearsal-place.js';
import { jsonText } from '../../documents/json-text.js';
import { recoveryRehearsalDocument } from '../../documents/recovery-rehearsal-document.js';
import { JacoError } from '../../domain/errors.js';
import { rehearseRecovery } from '../../domain/recovery/rehearse-recovery.js';
import { findKeyFile } from '../key-file.js';
import { formatFrom, hostFromEnvironment, type KeyringOptions } from '../options.js';
import { recoveryRehearsalText } from '../rendering/recovery-rehearsal-text.js';
import { quieted, type Terminal } from '../terminal.js';

/** The flags of `jaco drill` that count for a recovery. */
export interface RecoveryDrillOptions extends KeyringOptions {
  readonly name?: string;
  readonly acceptLoss?: boolean;
  readonly workDir?: string;
  readonly quiet?: boolean;
  readonly format: string;
}

/** `jaco drill --from`: rehearses a recovery from a data directory, which is only read. */
export async function drillRecovery(
  from: string,
  options: RecoveryDrillOptions,
  wholeTerminal: Terminal,
): Promise<void> {
  const terminal = options.quiet === true ? quieted(wholeTerminal) : wholeTerminal;
  const format = formatFrom(options.format, ['text', 'json']);
  const settings = { ...hostFromEnvironment(), keyFile: await findKeyFile(options.keyFile, process.env) };
  const ports = { recovery: await composeRecovery(settings), node: composeRehearsalPlace(settings) };
  const wish = {
    from,
    name: options.name,
    acceptLoss: options.acceptLoss === true,
    workDirectory: options.workDir,
  };
  const rehearsal = await rehearseRecovery(ports, wish, terminal.signal);
  if (format === 'json') wholeTerminal.print(jsonText(recoveryRehearsalDocument(rehearsal)));
  else terminal.print(recoveryRehearsalText(rehearsal));
  // A rehearsal that left something has not succeeded: it is the cluster's state.
  const { leftBehind } = rehearsal;
  if (leftBehind.length === 0) return;
  const sentence = 'the store recovers, but not everything that rehearsals leave could be removed.';
  terminal.fail(new JacoError('storage_failed', sentence, { leftBehind }));
}
