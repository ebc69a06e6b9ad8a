import { composeRecovery } from '../../composition/container.js';
import { jsonText } from '../../documents/json-text.js';
import { recoveredDocument, recoveryPlanDocument } from '../../documents/recovery-document.js';
import { previewRecovery } from '../../domain/recovery/preview-recovery.js';
import { type RecoveryWish, recoverStore } from '../../domain/recovery/recover-store.js';
import { formatFrom, fromEnvironment, hostFromEnvironment, required } from '../options.js';
import { documentWords } from '../rendering/document-words.js';
import { recoveredText, recoveryPlanText } from '../rendering/recovery-text.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco recover`. */
export interface RecoverOptions {
  readonly from?: string;
  readonly name?: string;
  readonly dataDir?: string;
  readonly advertiseAddr?: string;
  readonly grpcAddr?: string;
  readonly socket?: string;
  readonly removeNode: readonly string[];
  readonly removeOtherNodes?: boolean;
  readonly intoOtherFiles?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  /** Set by `--no-identity`. */
  readonly nodeIdentity?: false;
  readonly format: string;
}

/** `jaco recover`: primes a data directory from a surviving node's disk. */
export async function recover(options: RecoverOptions, terminal: Terminal): Promise<void> {
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
  };
  const format = formatFrom(options.format, ['text', 'json']);
  const ports = await composeRecovery(hostFromEnvironment());
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
