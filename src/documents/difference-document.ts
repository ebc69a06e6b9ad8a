import type { ArchiveDifference, ComparedArchive } from '../domain/archive/diff-archives.js';
import type { KindDifference, NameDifference } from '../domain/state/state-comparison.js';
import { locationWord } from '../domain/values/archive-location.js';
import { type DocumentedFacts, documentedFacts } from './documented-facts.js';
import { kindKey } from './kind-key.js';

/** What changed between two archives, for a program. */
export interface DifferenceDocument {
  readonly old: ComparedArchiveDocument;
  readonly new: ComparedArchiveDocument;
  readonly same_cluster: boolean;
  /** Whether the states hold the same records; the metadata may differ. */
  readonly identical: boolean;
  readonly kinds: readonly {
    readonly kind: string;
    readonly old_count: number;
    readonly new_count: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
    /** Null for kinds whose records have no names. */
    readonly names: NameDifference | null;
  }[];
}

/** One of two archives that were compared. */
export interface ComparedArchiveDocument extends DocumentedFacts {
  readonly archive: string;
  readonly size_bytes: number;
  readonly snapshot_size_bytes: number;
}

/** What changed between two archives, as data for a program. */
export function differenceDocument(difference: ArchiveDifference): DifferenceDocument {
  const { kinds } = difference;
  return {
    old: archiveDocument(difference.old),
    new: archiveDocument(difference.new),
    same_cluster: difference.sameCluster,
    identical: !kinds.some(isChanged),
    kinds: kinds.map(({ kind, oldCount, newCount, added, removed, changed, names }) => ({
      kind: kindKey(kind),
      old_count: oldCount,
      new_count: newCount,
      added,
      removed,
      changed,
      names: names ?? null,
    })),
  };
}

/** Whether any record of the kind was added, removed or changed. */
export function isChanged({ added, removed, changed }: KindDifference): boolean {
  return added + removed + changed > 0;
}

function archiveDocument({
  archive,
  sizeBytes,
  metadata,
  snapshotSizeBytes,
}: ComparedArchive): ComparedArchiveDocument {
  return {
    archive: locationWord(archive),
    size_bytes: sizeBytes,
    ...documentedFacts(metadata),
    snapshot_size_bytes: snapshotSizeBytes,
  };
}
