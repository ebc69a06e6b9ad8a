import { composeRestore } from '../../composition/container.js';
import { jsonText } from '../../documents/json-text.js';
import { outcomeDocument, previewDocument } from '../../documents/restore-document.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { previewRestore } from '../../domain/restore/preview-restore.js';
import { type RestoreWish, restoreArchive } from '../../domain/restore/restore-archive.js';
import type { StoreRequest } from '../../domain/restore/store-choice.js';
import { findKeyFile } from '../key-file.js';
import {
  formatFrom,
  fromEnvironment,
  hostFromEnvironment,
  type KeyringOptions,
  type ReadingOptions,
  readingFrom,
  required,
  requiredArchive,
} from '../options.js';
import { knownSize, showProgress } from '../progress.js';
import { documentWords } from '../rendering/document-words.js';
import { outcomeText, previewText } from '../rendering/restore-text.js';
import { warningText } from '../rendering/warning-text.js';
import { quieted, type Terminal } from '../terminal.js';

/** The flags of `jaco restore`. */
export interface RestoreOptions extends ReadingOptions, KeyringOptions {
  readonly input?: string;
  readonly name?: string;
  readonly dataDir?: string;
  readonly advertiseAddr?: string;
  readonly grpcAddr?: string;
  readonly daemonVersion?: string;
  readonly expectCluster?: string;
  readonly socket?: string;
  readonly bare?: boolean;
  readonly removeNode: readonly string[];
  readonly removeOtherNodes?: boolean;
  readonly intoOtherFiles?: boolean;
  readonly sealed?: boolean;
  readonly plain?: boolean;
  readonly allowPlain?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  /** Set by `--no-identity`, which is unrelated to `--identity`. */
  readonly nodeIdentity?: false;
  readonly format: string;
}

/** `jaco restore`: primes a data directory so that one node comes up as the single voter. */
export async function restore(options: RestoreOptions, terminal: Terminal): Promise<void> {
  const wish: RestoreWish = {
    archive: requiredArchive(options.input, '--input <file>', 'restore'),
    name: required(options.name, '--name <hostname>', 'restore'),
    advertiseAddress: options.advertiseAddr,
    grpcAddress: options.grpcAddr,
    daemonVersion: options.daemonVersion,
    expectedCluster: options.expectCluster,
    dataDirectory: options.dataDir ?? fromEnvironment('JACO_DATA_DIR'),
    socket: options.socket ?? fromEnvironment('JACO_SOCKET'),
    identity: options.nodeIdentity !== false,
    bare: options.bare === true,
    removeNodes: options.removeNode,
    removeOtherNodes: options.removeOtherNodes === true,
    intoOtherFiles: options.intoOtherFiles === true,
    ...storeFrom(options),
  };
  const format = formatFrom(options.format, ['text', 'json']);
  const reading = readingFrom(options, [wish.archive], terminal);
  const quiet = options.quiet === true;
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const progress = await showProgress(quiet ? quieted(terminal) : terminal, 'Read');
  const ports = await composeRestore({ ...reading, ...hostFromEnvironment(), watch: progress.watch, keyFile });
  progress.expect(await knownSize(ports.store, wish.archive, terminal.signal));
  if (options.dryRun === true) {
    const preview = await previewRestore(ports, wish, terminal.signal).finally(progress.end);
    terminal.print(format === 'json' ? jsonText(previewDocument(preview, documentWords)) : previewText(preview));
    // A plan that cannot be carried out is printed in full, and still exits with 1.
    if (preview.obstacle !== undefined) terminal.fail(preview.obstacle);
    return;
  }
  const outcome = await restoreArchive(ports, wish, terminal.signal).finally(progress.end);
  for (const warning of outcome.warnings) terminal.warn(warningText(warning));
  if (format === 'json') terminal.report(jsonText(outcomeDocument(outcome, documentWords)));
  else if (!quiet) terminal.report(outcomeText(outcome));
}

/** @throws request_invalid  the flags contradict each other */
function storeFrom({ sealed, plain, allowPlain }: RestoreOptions): StoreRequest {
  const other = sealed === true ? '--sealed' : allowPlain === true ? '--allow-plain' : undefined;
  if (plain === true && other !== undefined) {
    throw new JacoError('request_invalid', `--plain and ${other} contradict each other.`, {
      remedies: [advice('Give the one that the daemon boots: a plain store, or a sealed one.')],
    });
  }
  return { store: plain === true ? 'plain' : sealed === true ? 'sealed' : undefined, allowsPlain: allowPlain === true };
}
