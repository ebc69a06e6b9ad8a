import { utcOffsetMinutes } from '../../adapters/host/wall-clock.js';
import { partOfArchive } from '../../adapters/storage/filesystem/archive-file-writer.js';
import { composeBackup } from '../../composition/container.js';
import { backupDocument } from '../../documents/backup-document.js';
import { jsonText } from '../../documents/json-text.js';
import { instantOf } from '../../domain/archive/snapshot-metadata.js';
import { expandPattern, parseOutputPattern } from '../../domain/backup/output-pattern.js';
import { type BackupOutcome, type BackupPorts, takeBackup } from '../../domain/backup/take-backup.js';
import { JacoError } from '../../domain/errors.js';
import { backupsTo } from '../../domain/monitoring/attempt-series.js';
import { advice } from '../../domain/remedy.js';
import { locationName, parseArchiveLocation } from '../../domain/values/archive-location.js';
import type { SnapshotSource } from '../../ports/snapshot-source.js';
import { withToken } from '../connection-token.js';
import { findKeyFile } from '../key-file.js';
import { metricsFileNamed, type RecordedAttempts, recordedIn } from '../metrics.js';
import { type NamedFile, refuseSharedFiles } from '../named-files.js';
import { objectStorageFrom } from '../object-storage-options.js';
import {
  type ConnectionOptions,
  connectionFrom,
  connectionToOthers,
  durationMs,
  formatFrom,
  type KeyringOptions,
  limitsFrom,
  required,
} from '../options.js';
import { type Progress, showProgress } from '../progress.js';
import { documentWords } from '../rendering/document-words.js';
import { warningText } from '../rendering/warning-text.js';
import { pruneAfterBackup, type Retention, type RetentionOptions, retentionFrom } from '../retention.js';
import { quieted, type Terminal } from '../terminal.js';

/** The flags of `jaco backup`. */
export interface BackupOptions extends ConnectionOptions, RetentionOptions, KeyringOptions {
  readonly output?: string;
  readonly timeout: string;
  readonly encryptTo: readonly string[];
  readonly follow: boolean;
  readonly quiet?: boolean;
  readonly metricsFile?: string;
  readonly format: string;
}

/** `jaco backup`: a consistent snapshot of the cluster into one file. */
export async function backup(options: BackupOptions, wholeTerminal: Terminal): Promise<void> {
  const terminal = options.quiet === true ? quieted(wholeTerminal) : wholeTerminal;
  const format = formatFrom(options.format, ['text', 'json']);
  const startedAtMs = Date.now();
  // Must come before recording, which replaces a file.
  await refuseSharedFiles(filesOf(options, startedAtMs));
  const take = () => takeAsAsked(options, startedAtMs, terminal);
  const began = performance.now();
  const { retention, ...taken } = await recordedIn(options.metricsFile, recordedAs(options.output), take, terminal);
  const tookMs = Math.round(performance.now() - began);
  report(taken, format, terminal);
  const pruned = retention === undefined ? undefined : await pruneAfterBackup(retention, taken, startedAtMs, terminal);
  if (format === 'json') {
    const document = backupDocument(taken, { durationMs: tookMs, deleted: pruned?.deleted ?? [] }, documentWords);
    wholeTerminal.report(jsonText(document));
  }
  // The backup is written, but what was asked for after it is not done.
  if (pruned?.failure?.code === 'interrupted') throw pruned.failure;
}

/** How attempts are recorded of backups to this output. */
function recordedAs(output: string | undefined): RecordedAttempts<TakenBackup> {
  return {
    series: backupsTo(output),
    successOf: ({ metadata, sizeBytes }) => ({ ...metadata, takenAtMs: instantOf(metadata.takenAt), sizeBytes }),
  };
}

/** A backup that was taken, and what the flags request after it. */
interface TakenBackup extends BackupOutcome {
  readonly retention: Retention | undefined;
}

function outputFrom(options: BackupOptions, startedAtMs: number) {
  const pattern = parseOutputPattern(required(options.output, '--output <file>', 'backup'));
  const word = expandPattern(pattern, { atMs: startedAtMs, utcOffsetMinutes: utcOffsetMinutes(startedAtMs) });
  return { pattern, output: parseArchiveLocation(word) };
}

async function takeAsAsked(given: BackupOptions, startedAtMs: number, terminal: Terminal): Promise<TakenBackup> {
  const options = await withToken(given, given.follow);
  const { pattern, output } = outputFrom(options, startedAtMs);
  if (output.kind === 'standard-stream') refuseUnreadOutput(options, terminal);
  const retention = retentionFrom(options, pattern, output);
  const ports = await composeBackup({
    connection: connectionFrom(options, options.follow),
    deadlineMs: durationMs(options.timeout, '--timeout'),
    limits: limitsFrom(options.maxSnapshotSize),
    recipients: options.encryptTo,
    fingerprint: options.format === 'json',
    keyFile: await findKeyFile(options.keyFile, process.env),
    connectionTo: options.follow ? connectionToOthers(options) : undefined,
    streams: terminal.streams,
    objects: objectStorageFrom(options, [output]),
  });
  const progress = await showProgress(terminal, 'Received');
  try {
    const watched = watchedPorts(ports, progress);
    return { ...(await takeBackup(watched, output, terminal.signal)), retention };
  } finally {
    progress.end();
  }
}

/**
 * Every file that the flags name. A recipient that is not a file does no harm here: it names a path that does not
 * exist.
 */
function filesOf(options: BackupOptions, startedAtMs: number): NamedFile[] {
  const { metricsFile, identity, encryptTo, s3CaCert } = options;
  const output = unlessUnfit(() => outputFrom(options, startedAtMs).output);
  // The token itself does not matter here.
  const token = options.token ?? options.tokenFile;
  const connection = unlessUnfit(() =>
    connectionFrom({ ...options, ...(token === undefined ? {} : { token }) }, options.follow),
  );
  const read = (flag: string, path: string | undefined): NamedFile[] =>
    path === undefined ? [] : [{ flag, path, use: 'read' }];
  return [
    ...(output?.kind === 'file' ? [replaced('--output', output.path, partOfArchive)] : []),
    ...metricsFileNamed(metricsFile),
    ...read('--identity', identity),
    ...read('--token-file', options.tokenFile),
    ...read('--s3-ca-cert', s3CaCert),
    ...read('--key-file', options.keyFile),
    ...encryptTo.flatMap((recipient) => read('--encrypt-to', recipient)),
    ...(connection?.kind === 'tls' ? read('--ca-cert', connection.caCertificatePath) : []),
    ...(connection?.kind === 'socket' ? read('--socket', connection.path) : []),
  ];
}

function replaced(flag: string, path: string, partOf: (path: string) => string): NamedFile {
  return { flag, path, use: 'replace', partOf };
}

/** An unusable flag fails the attempt, which is recorded. */
function unlessUnfit<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The same ports, whose sources' bytes show as progress. */
function watchedPorts(ports: BackupPorts, progress: Progress): BackupPorts {
  const watched = (source: SnapshotSource): SnapshotSource => ({
    open: (signal) => progress.watch(source.open(signal)),
  });
  const { source, sourceAt } = ports;
  return {
    ...ports,
    source: watched(source),
    ...(sourceAt === undefined ? {} : { sourceAt: (address: string) => watched(sourceAt(address)) }),
  };
}

function report(outcome: BackupOutcome, format: 'text' | 'json', terminal: Terminal): void {
  for (const warning of outcome.warnings) terminal.warn(warningText(warning));
  if (outcome.followedTo !== undefined)
    terminal.note(`A follower was asked; the leader ${outcome.followedTo} sent it.`);
  const sentence = `Wrote ${outcome.sizeBytes} bytes to ${locationName(outcome.location, 'written')}`;
  // If the archive itself or a document goes to stdout, nothing else may.
  if (outcome.location.kind === 'standard-stream' || format === 'json') terminal.note(sentence);
  else terminal.report(sentence);
}

function refuseUnreadOutput({ format }: BackupOptions, terminal: Terminal): void {
  if (format === 'json') {
    throw new JacoError('request_invalid', 'both the archive and the JSON about it would go to standard output.', {
      remedies: [advice('Give --output a file, or leave -o json out.')],
    });
  }
  if (terminal.outputIsClosed) {
    throw new JacoError('request_invalid', 'the archive should go to standard output, which is closed.', {
      remedies: [advice('Give --output a file, or pipe it into a program.')],
    });
  }
  if (!terminal.outputIsTerminal) return;
  throw new JacoError('request_invalid', 'the archive is binary, and standard output is a terminal.', {
    remedies: [advice('Give --output a file, or pipe it into a program.')],
  });
}
