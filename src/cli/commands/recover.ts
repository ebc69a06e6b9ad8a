import { composeRecovery } from '../../composition/container.js';
import { comparisonDocument } from '../../documents/comparison-document.js';
import { jsonText } from '../../documents/json-text.js';
import { recoveredDocument, recoveryPlanDocument } from '../../documents/recovery-document.js';
import { JacoError } from '../../domain/errors.js';
import { compareStores } from '../../domain/recovery/compare-stores.js';
import { previewRecovery } from '../../domain/recovery/preview-recovery.js';
import { type RecoveryWish, recoverStore } from '../../domain/recovery/recover-store.js';
import { advice } from '../../domain/remedy.js';
import { findKeyFile } from '../key-file.js';
import { formatFrom, fromEnvironment, hostFromEnvironment, type KeyringOptions, required } from '../options.js';
import { comparisonText } from '../rendering/comparison-text.js';
import { documentWords } from '../rendering/document-words.js';
import { recoveredText, recoveryPlanText } from '../rendering/recovery-text.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco recover`. */
export interface RecoverOptions extends KeyringOptions {
  readonly from?: string;
  readonly compare?: readonly string[];
  readonly name?: string;
  readonly dataDir?: string;
  readonly advertiseAddr?: string;
  readonly grpcAddr?: string;
  readonly socket?: string;
  readonly removeNode: readonly string[];
  readonly removeOtherNodes?: boolean;
  readonly intoOtherFiles?: boolean;
  readonly acceptLoss?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  /** Set by `--no-identity`. */
  readonly nodeIdentity?: false;
  readonly format: string;
}

/** `jaco recover`: primes a data directory from a surviving node's disk. */
export async function recover(options: RecoverOptions, terminal: Terminal): Promise<void> {
  if (options.compare !== undefined) return compare(options.compare, options, terminal);
  const wish: RecoveryWish = {
    from: required(options.from, '--from <dir>', 'recover'),
    name: required(options.name, '--name <hostname>', 'recover'),
    advertiseAddress: options.advertiseAddr,
    grpcAddress: options.grpcAddr,
    dataDirectory: options.dataDir ?? fromEnvironment('JACO_DATA_DIR'),
    socket: options.socket ?? fromEnvironment('JACO_SOCKET'),
    identity: options.nodeIdentity !== false,
    removeNodes: options.removeNode,
    removeOtherNodes: options.removeOtherNodes === true,
    intoOtherFiles: options.intoOtherFiles === true,
    acceptLoss: options.acceptLoss === true,
  };
  const format = formatFrom(options.format, ['text', 'json']);
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const ports = await composeRecovery({ ...hostFromEnvironment(), keyFile });
  if (options.dryRun === true) {
    const preview = await previewRecovery(ports, wish, terminal.signal);
    terminal.print(
      format === 'json' ? jsonText(recoveryPlanDocument(preview, documentWords)) : recoveryPlanText(preview),
    );
    // A plan that cannot be carried out is printed in full, and still exits with 1.
    if (preview.obstacle !== undefined) terminal.fail(preview.obstacle);
    return;
  }
  const outcome = await recoverStore(ports, wish, terminal.signal);
  for (const warning of outcome.warnings) terminal.warn(warningText(warning));
  if (format === 'json') terminal.report(jsonText(recoveredDocument(outcome, documentWords)));
  else if (options.quiet !== true) terminal.report(recoveredText(outcome));
}

async function compare(paths: readonly string[], options: RecoverOptions, terminal: Terminal): Promise<void> {
  const format = formatFrom(options.format, ['text', 'json']);
  if (paths.length < 2 || options.from !== undefined || options.name !== undefined) {
    throw new JacoError(
      'request_invalid',
      '--compare takes two data directories or more, and neither --from nor --name.',
      {
        remedies: [advice('Compare first, then recover from the one that holds the most.')],
      },
    );
  }
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const { survivors } = await composeRecovery({ ...hostFromEnvironment(), keyFile });
  const comparison = await compareStores(survivors, paths, terminal.signal);
  terminal.print(format === 'json' ? jsonText(comparisonDocument(comparison)) : comparisonText(comparison));
}
