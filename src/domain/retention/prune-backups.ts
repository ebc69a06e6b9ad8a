import type { ArchiveReader } from '../../ports/archive-reader.js';
import type { BackupStore, FoundBackup, UnfinishedBackup, UnfinishedRequest } from '../../ports/backup-store.js';
import { instantOf, type SnapshotMetadata } from '../archive/snapshot-metadata.js';
import { isJacoError, JacoError } from '../errors.js';
import { type ArchiveLocation, besideLocation, locationWord } from '../values/archive-location.js';
import { catalogueBackups } from './catalogue-backups.js';
import type { CataloguedBackup, LeftFile } from './judge-backup.js';
import { type DatedBackup, type JudgedBackup, judgeRetention, type RetentionRule } from './retention.js';
import { memoryName, memoryOf, recall, remember } from './verified-memory.js';

/** What clearing away old backups works with. */
export interface PrunePorts {
  readonly store: Pick<BackupStore, 'open' | 'stat' | 'list' | 'others' | 'write' | 'clearUnfinished' | 'remove'>;
  readonly archives: ArchiveReader;
}

/** What is to be kept beside a backup that is on stable storage. */
export interface PruneRequest {
  /** Where the backup is that was just written. */
  readonly written: ArchiveLocation;
  /** What it says of itself. */
  readonly metadata: SnapshotMetadata;
  /** Whether its file is encrypted. */
  readonly encrypted: boolean;
  /** Whether a file can be a backup of the same series, by its name. */
  readonly belongs: (fileName: string) => boolean;
  readonly rule: RetentionRule;
  readonly nowMs: number;
}

/** A backup that should have been deleted and is still there. */
export interface KeptByFailure {
  readonly location: ArchiveLocation;
  readonly failure: JacoError;
}

/** What became of the files beside a backup. */
export interface PruneOutcome {
  /** What is gone, oldest first. */
  readonly deleted: readonly ArchiveLocation[];
  /** What could not be deleted, or was not, since something stopped the rest; oldest first. */
  readonly failed: readonly KeptByFailure[];
  /** What killed backups had left and is gone; of a dry run, what would be. */
  readonly unfinished: readonly UnfinishedBackup[];
  readonly left: readonly LeftFile[];
  /** Why it was not carried through; what is in `deleted` is gone all the same. */
  readonly failure: JacoError | undefined;
  /** What counted, with why it stays or does not: newest first within each cluster. */
  readonly judged: readonly JudgedBackup<CataloguedBackup>[];
}

/**
 * Clears away what no rule keeps of the earlier backups of the same cluster. Every file of the right name is known to be what
 * it says ({@link catalogueBackups}): what is no complete backup of this very cluster neither counts nor is deleted. Nothing is
 * deleted before all of them have been judged.
 * @throws interrupted  `signal` fired; nothing that counted was deleted
 */
export async function pruneBackups(
  ports: PrunePorts,
  { written, metadata, encrypted, belongs, rule, nowMs }: PruneRequest,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  const left: LeftFile[] = [];
  const judged: JudgedBackup<CataloguedBackup>[] = [];
  const unfinished = { place: written, belongs, dryRun: false };
  return removing(ports, { left, judged }, unfinished, signal, async () => {
    const catalogue = await catalogueBackups(ports, { place: written, belongs, nowMs }, signal);
    left.push(...catalogue.left);
    const ours: CataloguedBackup[] = [];
    for (const backup of catalogue.backups) {
      if (backup.clusterId === metadata.clusterId) ours.push(backup);
      else left.push(ofAnother(backup));
    }
    left.sort((a, b) => (locationWord(a.location) < locationWord(b.location) ? -1 : 1));
    await rememberWritten(ports.store, { written, metadata, encrypted, nowMs }, signal);
    const newest = dated(metadata);
    for (const { backup, reason } of judgeRetention<DatedBackup | CataloguedBackup>(
      [newest, ...ours],
      rule,
      nowMs,
      newest,
    )) {
      if ('file' in backup) judged.push({ backup, reason });
    }
    return expiredOf(judged);
  });
}

/** What `jaco prune` is asked for. */
export interface PlaceRequest {
  /** A location in the directory or prefix. */
  readonly place: ArchiveLocation;
  readonly belongs: (fileName: string) => boolean;
  /** Whether `belongs` tells a series by its pattern: only then can what killed backups left be told from other files. */
  readonly ofSeries: boolean;
  readonly rule: RetentionRule;
  readonly nowMs: number;
  /** Whether nothing is to be deleted. */
  readonly dryRun: boolean;
}

/**
 * Clears away what no rule keeps of the backups in a place, the backups of each cluster by themselves.
 * @throws interrupted  `signal` fired before anything was deleted
 */
export async function prunePlace(
  ports: PrunePorts,
  { place, belongs, ofSeries, rule, nowMs, dryRun }: PlaceRequest,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  const left: LeftFile[] = [];
  const judged: JudgedBackup<CataloguedBackup>[] = [];
  const unfinished = ofSeries ? { place, belongs, dryRun } : undefined;
  return removing(ports, { left, judged }, unfinished, signal, async () => {
    const catalogue = await catalogueBackups(ports, { place, belongs, nowMs }, signal);
    left.push(...catalogue.left);
    for (const backups of byCluster(catalogue.backups).values()) judged.push(...judgeRetention(backups, rule, nowMs));
    return dryRun ? [] : expiredOf(judged);
  });
}

/** What no rule keeps, oldest first: an end half-way leaves the newer ones. */
function expiredOf(judged: readonly JudgedBackup<CataloguedBackup>[]): readonly FoundBackup[] {
  const expired = judged.filter(({ reason }) => reason === 'expired').reverse();
  return expired.map(({ backup }) => backup.file);
}

/** The backups of each cluster, in the order in which they come. */
function byCluster(backups: readonly CataloguedBackup[]): ReadonlyMap<string, readonly CataloguedBackup[]> {
  const clusters = new Map<string, CataloguedBackup[]>();
  for (const backup of backups) {
    const same = clusters.get(backup.clusterId) ?? [];
    clusters.set(backup.clusterId, [...same, backup]);
  }
  return clusters;
}

/**
 * Removes what `choose` gives, then what is unfinished, and says how far that went. A backup that cannot be removed does not
 * keep the others from it.
 */
async function removing(
  { store }: PrunePorts,
  found: Pick<PruneOutcome, 'left' | 'judged'>,
  request: UnfinishedRequest | undefined,
  signal: AbortSignal,
  choose: () => Promise<readonly FoundBackup[]>,
): Promise<PruneOutcome> {
  const deleted: ArchiveLocation[] = [];
  const failed: KeptByFailure[] = [];
  const unfinished: UnfinishedBackup[] = [];
  const pending: FoundBackup[] = [];
  try {
    pending.push(...(await choose()));
    for (let file = pending[0]; file !== undefined; file = pending[0]) {
      const { location } = file;
      try {
        if (await store.remove(file, signal)) deleted.push(location);
      } catch (failure) {
        if (!isOfOneFile(failure)) throw failure;
        failed.push({ location, failure });
      }
      pending.shift();
    }
    if (request !== undefined) unfinished.push(...(await store.clearUnfinished(request, signal)));
    return { ...found, deleted, failed, unfinished, failure: failureOf(failed) };
  } catch (failure) {
    if (!isJacoError(failure)) throw failure;
    // The outcome must list what is gone, even if something stopped the rest.
    if (failure.code === 'interrupted' && deleted.length === 0) throw failure;
    failed.push(...pending.map(({ location }) => ({ location, failure })));
    return { ...found, deleted, failed, unfinished, failure };
  }
}

/** Whether the next file may be removed all the same: unlike after an interruption, or where no server answers. */
function isOfOneFile(failure: unknown): failure is JacoError {
  return isJacoError(failure, 'permission_denied') || isJacoError(failure, 'storage_failed');
}

/** One sentence for all that failed. */
function failureOf(failed: readonly KeptByFailure[]): JacoError | undefined {
  const [first] = failed;
  if (first === undefined || failed.length === 1) return first?.failure;
  const { code, message, remedies, details } = first.failure;
  return new JacoError(code, `${failed.length} backups could not be deleted; the first of them: ${message}`, {
    remedies,
    details,
    cause: first.failure,
  });
}

/** The backup that was just written was verified on its way: it need not be read, nor can it be where it is encrypted. */
async function rememberWritten(
  store: PrunePorts['store'],
  { written, metadata, encrypted, nowMs }: Pick<PruneRequest, 'written' | 'metadata' | 'encrypted' | 'nowMs'>,
  signal: AbortSignal,
): Promise<void> {
  const { clusterId, takenAt, schemaVersion, snapshotIndex, snapshotTerm } = metadata;
  const takenAtMs = instantOf(takenAt);
  if (clusterId === undefined || takenAtMs === undefined) return;
  const place = besideLocation(written, memoryName);
  const files = await store.list(place, signal);
  const file = files.find(({ location }) => locationWord(location) === locationWord(written));
  if (file === undefined) return;
  const memory = await recall(store, place, signal);
  const facts = { clusterId, takenAtMs, schemaVersion, encrypted, snapshotIndex, snapshotTerm, verifiedAtMs: nowMs };
  memory.set(file.name, memoryOf({ file, ...facts, kinds: undefined }));
  await remember(store, place, memory, signal);
}

function ofAnother({ file }: CataloguedBackup): LeftFile {
  return { location: file.location, reason: 'of_another_cluster', finding: 'it is a backup of another cluster' };
}

/**
 * If the backup just written does not say when it was taken (only later schemas may omit it), it counts as the newest.
 */
function dated({ takenAt, snapshotIndex, snapshotTerm }: SnapshotMetadata): DatedBackup {
  return { takenAtMs: instantOf(takenAt) ?? Number.POSITIVE_INFINITY, snapshotIndex, snapshotTerm };
}
