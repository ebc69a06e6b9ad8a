import type { ArchiveReader } from '../../ports/archive-reader.js';
import type { BackupStore, FoundBackup } from '../../ports/backup-store.js';
import { readArchive } from '../archive/read-archive.js';
import { acceptSnapshot } from '../archive/snapshot-acceptance.js';
import { instantOf } from '../archive/snapshot-metadata.js';
import { isJacoError, JacoError } from '../errors.js';
import { type KindSizes, measureKinds } from '../state/kind-sizes.js';
import type { ArchiveLocation } from '../values/archive-location.js';
import type { DatedBackup } from './retention.js';

/** Why a file of the right name was neither counted nor deleted. */
export type LeftReason = 'encrypted' | 'of_another_cluster' | 'not_a_backup';

/** A file that was left alone. */
export interface LeftFile {
  readonly location: ArchiveLocation;
  readonly reason: LeftReason;
  /** What was found, in words. */
  readonly finding: string;
}

/** A file that is a complete backup, of a cluster and a time that it names. */
export interface CataloguedBackup extends DatedBackup {
  readonly file: FoundBackup;
  readonly clusterId: string;
  /** Of meta.json; what it says of how the state is kept. */
  readonly schemaVersion: number;
  /** Whether the file is encrypted; undefined if earlier versions remembered the backup, and it was not looked at since. */
  readonly encrypted: boolean | undefined;
  /** Undefined if the state cannot be read, or was not looked into. */
  readonly kinds: KindSizes | undefined;
  /** When all of it was read and found whole, in milliseconds since 1970. */
  readonly verifiedAtMs: number;
}

/**
 * Reads a file to its end, as `jaco inspect` would, and says what it is.
 * @throws interrupted
 */
export async function judgeBackup(
  ports: { readonly store: Pick<BackupStore, 'open'>; readonly archives: ArchiveReader },
  file: FoundBackup,
  nowMs: number,
  signal: AbortSignal,
): Promise<CataloguedBackup | LeftFile> {
  const { location } = file;
  try {
    const request = { archive: location, daemonVersion: undefined, fingerprint: false };
    const measured = measureKinds();
    const { file: facts, metadata, state } = await readArchive(ports, request, measured.visitor, signal);
    if (state.kind === 'read') acceptSnapshot(state.content, state.schema.checkMetadata());
    const { clusterId, schemaVersion, snapshotIndex, snapshotTerm } = metadata;
    // Two backups that do not name their cluster may be of different clusters.
    if (clusterId === undefined) throw new JacoError('archive_rejected', 'it does not say of which cluster it is');
    const takenAtMs = instantOf(metadata.takenAt);
    if (takenAtMs === undefined) throw new JacoError('archive_rejected', 'it does not say when it was taken');
    const kinds = state.kind === 'read' ? measured.sizes() : undefined;
    const { encrypted } = facts;
    const dated = { takenAtMs, snapshotIndex, snapshotTerm };
    return { file, clusterId, schemaVersion, ...dated, encrypted, kinds, verifiedAtMs: nowMs };
  } catch (refusal) {
    if (!isJacoError(refusal) || refusal.code === 'interrupted') throw refusal;
    const reason = refusal.code === 'identity_missing' ? 'encrypted' : 'not_a_backup';
    return { location, reason, finding: refusal.message };
  }
}
