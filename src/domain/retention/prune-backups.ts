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

/** What clearing away old backups works with. */
export interface PrunePorts {
  readonly store: Pick<BackupStore, 'open' | 'list' | 'remove'>;
  readonly archives: ArchiveReader;
}

/** What is to be kept beside a backup that is on stable storage. */
export interface PruneRequest {
  /** Where the backup is that was just written. */
  readonly written: ArchiveLocation;
  /** What it says of itself. */
  readonly metadata: SnapshotMetadata;
  /** Whether a file can be a backup of the same series, by its name. */
  readonly belongs: (fileName: string) => boolean;
  readonly rule: RetentionRule;
  readonly nowMs: number;
}

/** Why a file of the right name was neither counted nor deleted. */
export type LeftReason = 'encrypted' | 'of_another_cluster' | 'not_a_backup';

/** A file that was left alone. */
export interface LeftFile {
  readonly location: ArchiveLocation;
  readonly reason: LeftReason;
  /** What was found, in words. */
  readonly finding: string;
}

/** What became of the files beside a backup. */
export interface PruneOutcome {
  /** What is gone, oldest first. */
  readonly deleted: readonly ArchiveLocation[];
  readonly left: readonly LeftFile[];
  /** Why it was not carried through; what is in `deleted` is gone all the same. */
  readonly failure: JacoError | undefined;
}

/**
 * Clears away what no rule keeps of the earlier backups of the same cluster. Every file of the right name is read to its
 * end, as `jaco inspect` would: what is no complete backup of this very cluster neither counts nor is deleted. Nothing is
 * deleted before all of them have been judged.
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
    // What is gone is to be told, whatever stopped the rest.
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
    // Two that do not name their cluster may be of two.
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

/** The one that was just written is the newest where it does not say when it was taken, as only later schemas may. */
function dated({ takenAt, snapshotIndex }: SnapshotMetadata): DatedBackup {
  return { takenAtMs: instantOf(takenAt) ?? Number.POSITIVE_INFINITY, snapshotIndex };
}

/** What was found of the files that were left alone, a warning each; those that are encrypted share one. */
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
