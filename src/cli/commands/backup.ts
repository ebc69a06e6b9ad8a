import { utcOffsetMinutes } from '../../adapters/host/wall-clock.js';
import { expandPattern, parseOutputPattern } from '../../domain/backup/output-pattern.js';
import { type BackupOutcome, type BackupPorts, takeBackup } from '../../domain/backup/take-backup.js';
import { JacoError } from '../../domain/errors.js';
import type { SnapshotSource } from '../../ports/snapshot-source.js';
import { composeBackup } from '../composition/container.js';
import { recordedIn } from '../metrics.js';
import {
  type ConnectionOptions,
  connectionFrom,
  connectionToOthers,
  durationMs,
  limitsFrom,
  required,
} from '../options.js';
import { type Progress, showProgress } from '../progress.js';
import { pruneAfterBackup, type Retention, type RetentionOptions, retentionFrom } from '../retention.js';
import { quieted, type Terminal } from '../terminal.js';

/** The flags of `jaco backup`. */
export interface BackupOptions extends ConnectionOptions, RetentionOptions {
  readonly output?: string;
  readonly timeout: string;
  readonly encryptTo: readonly string[];
  readonly follow: boolean;
  readonly quiet?: boolean;
  readonly metricsFile?: string;
}

/** The output that stands for standard output. */
const standardOutput = '-';

/** `jaco backup`: a consistent snapshot of the cluster into one file. */
export async function backup(options: BackupOptions, wholeTerminal: Terminal): Promise<void> {
  const terminal = options.quiet === true ? quieted(wholeTerminal) : wholeTerminal;
  const startedAtMs = Date.now();
  const take = () => takeAsAsked(options, startedAtMs, terminal);
  const { retention, ...taken } = await recordedIn(options.metricsFile, take, terminal);
  report(taken, terminal);
  if (retention !== undefined) await pruneAfterBackup(retention, taken, startedAtMs, terminal);
}

/** A backup that was taken, and what the flags ask to be done after it. */
interface TakenBackup extends BackupOutcome {
  readonly retention: Retention | undefined;
}

async function takeAsAsked(options: BackupOptions, startedAtMs: number, terminal: Terminal): Promise<TakenBackup> {
  const pattern = parseOutputPattern(required(options.output, '--output <file>', 'backup'));
  const output = expandPattern(pattern, { atMs: startedAtMs, utcOffsetMinutes: utcOffsetMinutes(startedAtMs) });
  const piped = output === standardOutput;
  if (piped) refuseTerminal(terminal);
  const retention = retentionFrom(options, pattern, output);
  const ports = await composeBackup({
    connection: connectionFrom(options, options.follow),
    deadlineMs: durationMs(options.timeout, '--timeout'),
    limits: limitsFrom(options.maxSnapshotSize),
    recipients: options.encryptTo,
    connectionTo: options.follow ? connectionToOthers(options) : undefined,
    pipe: piped ? terminal.binaryOutput : undefined,
  });
  const progress = await showProgress(terminal, 'Received');
  try {
    const watched = watchedPorts(ports, progress);
    return { ...(await takeBackup(watched, output, terminal.signal)), path: output, retention };
  } finally {
    progress.end();
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

function report(outcome: BackupOutcome, terminal: Terminal): void {
  for (const warning of outcome.warnings) terminal.warn(warning);
  if (outcome.followedTo !== undefined)
    terminal.note(`A follower was asked; the leader ${outcome.followedTo} sent it.`);
  if (outcome.path === standardOutput) terminal.note(`Wrote ${outcome.sizeBytes} bytes to standard output`);
  else terminal.print(`Wrote ${outcome.sizeBytes} bytes to ${outcome.path}`);
}

function refuseTerminal(terminal: Terminal): void {
  if (!terminal.outputIsTerminal) return;
  throw new JacoError('request_invalid', 'the archive is binary, and standard output is a terminal.', {
    nextStep: 'Give --output a file, or pipe it into a program.',
  });
}
