import { partOfArchive } from '../../adapters/storage/filesystem/archive-file-writer.js';
import { composeReencryption } from '../../composition/state-commands.js';
import { jsonText } from '../../documents/json-text.js';
import { reencryptionDocument } from '../../documents/reencryption-document.js';
import { type ReencryptionOutcome, reencryptBackup } from '../../domain/archive/reencrypt-backup.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { type ArchiveLocation, locationName } from '../../domain/values/archive-location.js';
import { defaultDataDirectory } from '../../domain/values/daemon-defaults.js';
import { printable } from '../../domain/values/printable-text.js';
import { findKeyFile } from '../key-file.js';
import { type NamedFile, refuseSharedFiles } from '../named-files.js';
import {
  formatFrom,
  fromEnvironment,
  type KeyringOptions,
  type ReadingOptions,
  readingFrom,
  required,
  requiredArchive,
} from '../options.js';
import { warningText } from '../rendering/warning-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco state reencrypt-backup`. */
export interface ReencryptOptions extends ReadingOptions, KeyringOptions {
  readonly input?: string;
  readonly file?: string;
  readonly newKeyFile?: string;
  readonly allowLegacyPlaintext?: boolean;
  readonly format: string;
}

const command = 'state reencrypt-backup';

/** `jaco state reencrypt-backup`: makes a sealed backup of a plain one, or of one under another keyring. */
export async function stateReencryptBackup(options: ReencryptOptions, terminal: Terminal): Promise<void> {
  const archive = keptArchive(options.input, '--input');
  const destination = keptArchive(options.file, '--file');
  const format = formatFrom(options.format, ['text', 'json']);
  const keyFile = await findKeyFile(options.keyFile, process.env);
  const nextKeyFile = required(options.newKeyFile ?? keyFile, '--key-file <file>', command);
  await refuseSharedFiles(filesOf(archive, destination, options));
  const ports = composeReencryption({
    ...readingFrom(options, [archive, destination], terminal),
    readsPipes: false,
    keyFile,
    nextKeyFile,
  });
  const dataDirectory = fromEnvironment('JACO_DATA_DIR') ?? defaultDataDirectory;
  const allowsPlain = options.allowLegacyPlaintext === true;
  const outcome = await reencryptBackup(ports, { archive, destination, allowsPlain, dataDirectory }, terminal.signal);
  for (const warning of outcome.warnings) terminal.warn(warningText(warning));
  terminal.report(format === 'json' ? jsonText(reencryptionDocument(outcome)) : reencryptionText(outcome, archive));
}

/** A place where an archive can be read again, and kept. @throws request_invalid */
function keptArchive(value: string | undefined, flag: string): ArchiveLocation {
  const location = requiredArchive(value, `${flag} <file>`, command);
  if (location.kind !== 'standard-stream') return location;
  throw new JacoError('request_invalid', `${flag} cannot be a standard stream: the backup is read twice, and kept.`, {
    remedies: [advice(`Name a file, or s3://bucket/key, with ${flag}.`)],
  });
}

function filesOf(archive: ArchiveLocation, destination: ArchiveLocation, options: ReencryptOptions): NamedFile[] {
  const read = (flag: string, path: string | undefined): NamedFile[] =>
    path === undefined ? [] : [{ flag, path, use: 'read' }];
  return [
    ...(archive.kind === 'file' ? read('--input', archive.path) : []),
    ...(destination.kind === 'file'
      ? [{ flag: '--file', path: destination.path, use: 'replace', partOf: partOfArchive } as const]
      : []),
    ...read('--key-file', options.keyFile),
    ...read('--new-key-file', options.newKeyFile),
    ...read('--identity', options.identity),
  ];
}

function reencryptionText({ location, facts, from, keyId }: ReencryptionOutcome, archive: ArchiveLocation): string {
  const source = `${locationName(archive, 'read')}, which is unchanged`;
  return [
    `Wrote ${locationName(location, 'written')}: sealed with the key ${keyId}, from ${source}${from === 'plain' ? ' and still plain' : ''}.`,
    `Cluster:   ${printable(facts.clusterId)}`,
    `Snapshot:  index ${facts.snapshotIndex}, term ${facts.snapshotTerm}, taken ${printable(facts.takenAt)}`,
  ].join('\n');
}
