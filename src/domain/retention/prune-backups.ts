import type { ArchiveReader } from '../../ports/archive-reader.js';
import type { BackupStore, FoundBackup } from '../../ports/backup-store.js';
import { readArchive } from '../archive/read-archive.js';
import { acceptSnapshot } from '../archive/snapshot-acceptance.js';
import { instantOf, type SnapshotMetadata } from '../archive/snapshot-metadata.js';
import { isJacoError, JacoError } from '../errors.js';
import { giveParameter } from '../remedy.js';
import { sightless } from '../state/snapshot-content.js';
import { type ArchiveLocation, locationName } from '../values/archive-location.js';
import { type Warning, warningOf } from '../warning.js';
import { type DatedBackup, type RetentionRule, selectExpired } from './retention.js';

/** The ports of pruning. */
export interface PrunePorts {
  readonly store: Pick<BackupStore, 'open' | 'list' | 'remove'>;
  readonly archives: ArchiveReader;
}

/** What to keep in addition to a backup that is on stable storage. */
export interface PruneRequest {
  /** The location of the backup that was just written. */
  readonly written: ArchiveLocation;
  /** Its metadata. */
  readonly metadata: SnapshotMetadata;
  /** Whether a file can be a backup of the same series, by its name. */
  readonly belongs: (fileName: string) => boolean;
  readonly rule: RetentionRule;
  readonly nowMs: number;
}

/** Why a file with a matching name was neither counted nor deleted. */
export type LeftReason = 'encrypted' | 'of_another_cluster' | 'not_a_backup';

/** A file that was left alone. */
export interface LeftFile {
  readonly location: ArchiveLocation;
  readonly reason: LeftReason;
  /** What the file is, in words. */
  readonly finding: string;
}

/** The result for the other files of a series. */
export interface PruneOutcome {
  /** The deleted files, oldest first. */
  readonly deleted: readonly ArchiveLocation[];
  readonly left: readonly LeftFile[];
  /** Why pruning stopped early; the files in `deleted` are gone. */
  readonly failure: JacoError | undefined;
}

/**
 * Deletes earlier backups of the same cluster that no rule keeps. Reads every file with a matching name to its end, as
 * `jaco inspect` would: a file that is not a complete backup of this cluster neither counts nor is deleted. Deletes
 * nothing before it has judged all of them.
 * @throws interrupted  `signal` fired; nothing that counted was deleted
 */
export async function pruneBackups(
  ports: PrunePorts,
  request: PruneRequest,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  const deleted: ArchiveLocation[] = [];
  const left: LeftFile[] = [];
  try {
    const backups: EarlierBackup[] = [];
    for (const file of await ports.store.list(request.written, signal)) {
      if (!request.belongs(file.name)) continue;
      const judged = await judgeFile(ports, file, request.metadata.clusterId, signal);
      if ('reason' in judged) left.push(judged);
      else backups.push(judged);
    }
    for (const { file } of selectExpired(backups, dated(request.metadata), request.rule, request.nowMs)) {
      if (await ports.store.remove(file, signal)) deleted.push(file.location);
    }
    return { deleted, left, failure: undefined };
  } catch (failure) {
    if (!isJacoError(failure)) throw failure;
    // The outcome must list what is gone, even if something stopped the rest.
    if (failure.code === 'interrupted' && deleted.length === 0) throw failure;
    return { deleted, left, failure };
  }
}

interface EarlierBackup extends DatedBackup {
  readonly file: FoundBackup;
}

async function judgeFile(
  ports: PrunePorts,
  file: FoundBackup,
  clusterId: string | undefined,
  signal: AbortSignal,
): Promise<EarlierBackup | LeftFile> {
  const { location } = file;
  try {
    const request = { archive: location, daemonVersion: undefined, fingerprint: false };
    const { metadata, state } = await readArchive(ports, request, sightless, signal);
    if (state.kind === 'read') acceptSnapshot(state.content, state.schema.checkMetadata());
    // Two backups that do not name their cluster may be of different clusters.
    if (metadata.clusterId === undefined)
      throw new JacoError('archive_rejected', 'it does not say of which cluster it is');
    if (metadata.clusterId !== clusterId) {
      return { location, reason: 'of_another_cluster', finding: 'it is a backup of another cluster' };
    }
    const takenAtMs = instantOf(metadata.takenAt);
    if (takenAtMs === undefined) throw new JacoError('archive_rejected', 'it does not say when it was taken');
    return { file, takenAtMs, snapshotIndex: metadata.snapshotIndex };
  } catch (refusal) {
    if (!isJacoError(refusal) || refusal.code === 'interrupted') throw refusal;
    const reason = refusal.code === 'identity_missing' ? 'encrypted' : 'not_a_backup';
    return { location, reason, finding: refusal.message };
  }
}

/**
 * If the backup just written does not say when it was taken (only later schemas may omit it), it counts as the newest.
 */
function dated({ takenAt, snapshotIndex }: SnapshotMetadata): DatedBackup {
  return { takenAtMs: instantOf(takenAt) ?? Number.POSITIVE_INFINITY, snapshotIndex };
}

/** One warning for each file that was left alone; encrypted files share one. */
export function warnOfLeftFiles(left: readonly LeftFile[]): readonly Warning[] {
  const encrypted = left.filter(({ reason }) => reason === 'encrypted').length;
  const others = left.filter(({ reason }) => reason !== 'encrypted');
  return [
    ...(encrypted === 0
      ? []
      : [
          warningOf(
            encrypted === 1
              ? 'one encrypted file was left alone: without its identity it cannot be recognised as a backup of this cluster'
              : `${encrypted} encrypted files were left alone: without their identities they cannot be recognised as backups of this cluster`,
            giveParameter('identityFile'),
          ),
        ]),
    ...others.map(({ location, finding }) => warningOf(`${locationName(location, 'read')} was left alone: ${finding}`)),
  ];
}
