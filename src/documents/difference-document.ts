import type { ArchiveDifference, ComparedArchive } from '../domain/archive/diff-archives.js';
import type { KindDifference } from '../domain/state/state-comparison.js';
import { documentedFacts } from './documented-facts.js';
import { kindKey } from './kind-key.js';

/** What changed between two archives, as data for a program. */
export function differenceDocument(difference: ArchiveDifference) {
  const { kinds } = difference;
  return {
    old: archiveDocument(difference.old),
    new: archiveDocument(difference.new),
    same_cluster: difference.sameCluster,
    /** Whether the states hold the same records; what the metadata say is not meant. */
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

function archiveDocument({ archive, sizeBytes, metadata, snapshotSizeBytes }: ComparedArchive) {
  return {
    archive,
    size_bytes: sizeBytes,
    ...documentedFacts(metadata),
    snapshot_size_bytes: snapshotSizeBytes,
  };
}

/** Whether the records of a kind differ at all. */
export function isChanged({ added, removed, changed }: KindDifference): boolean {
  return added + removed + changed > 0;
}
