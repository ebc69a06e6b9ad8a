import type { BackupOutcome } from '../domain/backup/take-backup.js';
import { type ArchiveLocation, locationWord } from '../domain/values/archive-location.js';
import type { DocumentWords } from './document-words.js';
import { type DocumentedFacts, documentedFacts } from './documented-facts.js';

/** A backup that is on stable storage, for a program. */
export interface BackupDocument extends DocumentedFacts {
  readonly archive: string;
  readonly schema_version: number;
  /** Of the file, which is compressed, and perhaps encrypted. */
  readonly size_bytes: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string | undefined;
  readonly snapshot_size_bytes: number;
  /** How long it took to take and store it, without what was cleared away afterwards. */
  readonly seconds: number;
  /** The leader that was asked instead of a follower, in words; null if no other node was asked. */
  readonly followed_to: string | null;
  /** Earlier backups that no rule keeps and that are gone. */
  readonly deleted: readonly string[];
  readonly warnings: readonly string[];
}

/** What happened around a backup. */
export interface BackupCircumstances {
  readonly durationMs: number;
  readonly deleted: readonly ArchiveLocation[];
}

/** A backup, as data for a program. */
export function backupDocument(
  outcome: BackupOutcome,
  { durationMs, deleted }: BackupCircumstances,
  words: Pick<DocumentWords, 'warning'>,
): BackupDocument {
  return {
    archive: locationWord(outcome.location),
    schema_version: outcome.metadata.schemaVersion,
    ...documentedFacts(outcome.metadata),
    size_bytes: outcome.sizeBytes,
    sha256: outcome.sha256,
    snapshot_size_bytes: outcome.snapshotSizeBytes,
    seconds: durationMs / 1000,
    followed_to: outcome.followedTo ?? null,
    deleted: deleted.map(locationWord),
    warnings: outcome.warnings.map((warning) => words.warning(warning)),
  };
}
