import type { ErrorCode } from '../domain/errors.js';
import type { ClusterSeries } from '../domain/retention/cluster-series.js';
import type { CataloguedBackup, LeftFile } from '../domain/retention/judge-backup.js';
import type { PruneOutcome } from '../domain/retention/prune-backups.js';
import type { KeepReason } from '../domain/retention/retention.js';
import { locationWord } from '../domain/values/archive-location.js';

/** A backup of a catalogue, for a program. */
export interface ListedBackupDocument {
  readonly archive: string;
  readonly cluster_id: string;
  /** RFC 3339, UTC. */
  readonly taken_at: string;
  readonly age_seconds: number;
  /** 0 where it is not known. */
  readonly snapshot_index: bigint;
  readonly snapshot_term: bigint;
  readonly schema_version: number;
  /** Whether the file is encrypted; absent where it is not known. */
  readonly encrypted?: boolean;
  readonly size_bytes: number;
  /** When it was read and found whole, RFC 3339, UTC. */
  readonly verified_at: string;
}

/** What is kept in a place, for a program. */
export interface CatalogueDocument {
  readonly backups: readonly ListedBackupDocument[];
  readonly clusters: readonly {
    readonly cluster_id: string;
    readonly backups: number;
    readonly total_bytes: number;
    readonly gaps: readonly { readonly from: string; readonly to: string }[];
  }[];
  readonly not_recognised: readonly LeftDocument[];
}

interface LeftDocument {
  readonly archive: string;
  readonly reason: LeftFile['reason'];
  readonly finding: string;
}

/** What `jaco prune` did or would do, for a program. */
export interface PruneDocument {
  readonly dry_run: boolean;
  readonly backups: readonly (ListedBackupDocument & { readonly reason: KeepReason })[];
  readonly deleted: readonly string[];
  /** What should have been deleted and is still there. */
  readonly failed: readonly { readonly archive: string; readonly code: ErrorCode; readonly message: string }[];
  /** What killed backups had left: deleted too, unless this is a dry run. */
  readonly unfinished: readonly string[];
  readonly not_recognised: readonly LeftDocument[];
}

/** What is kept in a place, as data for a program; backups oldest first within a cluster. */
export function catalogueDocument(
  series: readonly ClusterSeries[],
  left: readonly LeftFile[],
  nowMs: number,
): CatalogueDocument {
  return {
    backups: series.flatMap(({ backups }) => backups.map((backup) => listed(backup, nowMs))),
    clusters: series.map(({ clusterId, backups, totalBytes, gaps }) => ({
      cluster_id: clusterId,
      backups: backups.length,
      total_bytes: totalBytes,
      gaps: gaps.map(({ fromMs, toMs }) => ({ from: timeText(fromMs), to: timeText(toMs) })),
    })),
    not_recognised: left.map(leftDocument),
  };
}

/** What a pruning did, as data for a program. */
export function pruneDocument(
  { judged, deleted, failed, unfinished, left }: Omit<PruneOutcome, 'failure'>,
  { nowMs, dryRun }: { readonly nowMs: number; readonly dryRun: boolean },
): PruneDocument {
  return {
    dry_run: dryRun,
    backups: judged.map(({ backup, reason }) => ({ ...listed(backup, nowMs), reason })),
    deleted: deleted.map(locationWord),
    failed: failed.map(({ location, failure: { code, message } }) => ({
      archive: locationWord(location),
      code,
      message,
    })),
    unfinished: unfinished.map(({ location }) => locationWord(location)),
    not_recognised: left.map(leftDocument),
  };
}

function listed(backup: CataloguedBackup, nowMs: number): ListedBackupDocument {
  return {
    archive: locationWord(backup.file.location),
    cluster_id: backup.clusterId,
    taken_at: timeText(backup.takenAtMs),
    age_seconds: Math.floor((nowMs - backup.takenAtMs) / 1000),
    snapshot_index: backup.snapshotIndex ?? 0n,
    snapshot_term: backup.snapshotTerm ?? 0n,
    schema_version: backup.schemaVersion,
    ...(backup.encrypted === undefined ? {} : { encrypted: backup.encrypted }),
    size_bytes: backup.file.sizeBytes,
    verified_at: timeText(backup.verifiedAtMs),
  };
}

function leftDocument({ location, reason, finding }: LeftFile): LeftDocument {
  return { archive: locationWord(location), reason, finding };
}

/** To the second, as the archives say it. */
function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
