import { composePruning, composeRehearsal } from '../../composition/container.js';
import { jsonText } from '../../documents/json-text.js';
import { rehearsalDocument } from '../../documents/rehearsal-document.js';
import { instantOf } from '../../domain/archive/snapshot-metadata.js';
import { JacoError, type LeftBehind } from '../../domain/errors.js';
import { drillsOf } from '../../domain/monitoring/attempt-series.js';
import { advice } from '../../domain/remedy.js';
import { type RehearsalOutcome, rehearseRestore } from '../../domain/restore/rehearse-restore.js';
import { catalogueBackups } from '../../domain/retention/catalogue-backups.js';
import { newestBackup } from '../../domain/retention/newest-backup.js';
import { warnOfLeftFiles } from '../../domain/retention/retention-warnings.js';
import { type ArchiveLocation, parseArchiveLocation } from '../../domain/values/archive-location.js';
import { placeFrom } from '../backup-place.js';
import { findKeyFile } from '../key-file.js';
import { metricsFileNamed, type RecordedAttempts, recordedIn } from '../metrics.js';
import { type NamedFile, refuseSharedFiles } from '../named-files.js';
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
import { quieted, type Terminal } from '../terminal.js';

/** The flags of `jaco drill`. */
export interface DrillOptions extends ReadingOptions, KeyringOptions {
  readonly input?: string;
  readonly from?: string;
  readonly acceptLoss?: boolean;
  readonly newestOf?: string;
  readonly name?: string;
  readonly daemonVersion?: string;
  readonly expectCluster?: string;
  readonly workDir?: string;
  readonly metricsFile?: string;
  readonly quiet?: boolean;
  readonly format: string;
}

/** `jaco drill`: a restore rehearsal that leaves nothing behind. */
export async function drill(options: DrillOptions, wholeTerminal: Terminal): Promise<void> {
  if (options.from !== undefined) {
    refuseArchiveFlags(options);
    return (await import('./drill-recovery.js')).drillRecovery(options.from, options, wholeTerminal);
  }
  if (options.acceptLoss === true) {
    throw new JacoError('request_invalid', '--accept-loss is for a drill from a disk.', {
      remedies: [advice('Name the data directory with --from, or leave the flag out.')],
    });
  }
  const terminal = options.quiet === true ? quieted(wholeTerminal) : wholeTerminal;
  const format = formatFrom(options.format, ['text', 'json']);
  // Must come before recording, which replaces a file.
  await refuseSharedFiles(filesOf(options));
  const rehearse = () => rehearseAsAsked(options, terminal);
  const outcome = await recordedIn(options.metricsFile, recordedAs(options), rehearse, terminal);
  if (outcome.restored.plan.compatibility.kind === 'compatible-with-warning') {
    terminal.warn(outcome.restored.plan.compatibility.warning);
  }
  for (const warning of outcome.restored.archiveWarnings) terminal.warn(warningText(warning));
  if (format === 'json') wholeTerminal.print(jsonText(rehearsalDocument(outcome)));
  else terminal.print(rehearsalText(outcome));
  // A rehearsal that left something has not succeeded: it is the cluster's unencrypted state.
  if (outcome.leftBehind.length > 0) terminal.fail(notRemoved(outcome.leftBehind));
}

/** A disk is no archive. */
function refuseArchiveFlags(options: DrillOptions): void {
  const { input, newestOf, expectCluster, daemonVersion, identity, metricsFile } = options;
  const given = [input, newestOf, expectCluster, daemonVersion, identity, metricsFile];
  if (given.every((value) => value === undefined)) return;
  throw new JacoError(
    'request_invalid',
    '--from takes --name, --accept-loss, --key-file and --work-dir, and nothing that is about an archive.',
    { remedies: [advice('Rehearse the recovery from a disk and the restore of an archive one after the other.')] },
  );
}

async function rehearseAsAsked(options: DrillOptions, terminal: Terminal): Promise<RehearsalOutcome> {
  const archive = await archiveFrom(options, terminal);
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
  return rehearseRestore(ports, wish, terminal.signal).finally(progress.end);
}

/** The archive that is named, or the newest one in the place that is named. */
async function archiveFrom(options: DrillOptions, terminal: Terminal): Promise<ArchiveLocation> {
  const { input, newestOf } = options;
  if (newestOf === undefined) {
    const flag = input === undefined ? '--input <file>, --newest-of <place> or --from <dir>' : '--input <file>';
    return requiredArchive(input, flag, 'drill');
  }
  if (input !== undefined) {
    throw new JacoError('request_invalid', '--input and --newest-of name two archives.', {
      remedies: [advice('Give the one that is to be rehearsed.')],
    });
  }
  const nowMs = Date.now();
  const { place, belongs } = placeFrom(newestOf, nowMs);
  const ports = await composePruning({ ...readingFrom(options, [place], terminal), readsPipes: false });
  const { backups, left } = await catalogueBackups(ports, { place, belongs, nowMs }, terminal.signal);
  for (const warning of warnOfLeftFiles(left)) terminal.warn(warningText(warning));
  const named = parseArchiveLocation(newestOf);
  const { file } = newestBackup(backups, { place: named, expectedCluster: options.expectCluster, nowMs });
  return file.location;
}

/** How attempts are recorded: under the word that is the same at each run. */
function recordedAs({ input, newestOf }: DrillOptions): RecordedAttempts<RehearsalOutcome> {
  return {
    series: drillsOf(newestOf ?? input),
    successOf({ restored, leftBehind }) {
      if (leftBehind.length > 0) return undefined;
      const { metadata } = restored.plan;
      return { ...metadata, takenAtMs: instantOf(metadata.takenAt), sizeBytes: restored.snapshotSizeBytes };
    },
  };
}

/** Every file that the flags name. */
function filesOf({ input, identity, keyFile, s3CaCert, metricsFile }: DrillOptions): NamedFile[] {
  const read = { '--input': input, '--identity': identity, '--key-file': keyFile, '--s3-ca-cert': s3CaCert };
  return [
    ...metricsFileNamed(metricsFile),
    ...Object.entries(read).flatMap(([flag, path]): NamedFile[] =>
      path === undefined ? [] : [{ flag, path, use: 'read' }],
    ),
  ];
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
