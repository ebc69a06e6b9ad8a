import type { JacoError } from '../../domain/errors.js';
import type { LostEntries } from '../../ports/surviving-stores.js';
import type { RaftStoreReader } from './raft-store-reader.js';

/** A snapshot that cannot be used, of a later index than all that can. */
export interface UnreachedSnapshot {
  readonly index: bigint;
  /** Why it cannot be used, as a sentence. */
  readonly reason: string;
}

/** `<term>-<index>-<milliseconds>` (hashicorp/raft v1.7 file_snapshot.go snapshotName). */
const snapshotName = /^\d{1,20}-(\d{1,20})-\d{1,20}$/;

/**
 * The farthest of the snapshots that cannot be used, if what can be used ends before it: a follower that got it from the leader
 * has no log before it, so that nothing else shows what is missing. Where a meta.json cannot be read, the name of the
 * directory tells the index.
 * @param failures  of the newest snapshots, one each
 */
export function unreachedSnapshot(
  { snapshots, skippedSnapshots, refuseMeta }: RaftStoreReader,
  failures: readonly JacoError[],
  lastIndex: bigint,
): UnreachedSnapshot | undefined {
  const unusable = [
    ...failures.map(({ message }, position) => ({ index: snapshots[position]?.index ?? 0n, reason: message })),
    ...skippedSnapshots.map((name) => ({
      index: BigInt(snapshotName.exec(name)?.[1] ?? 0),
      reason: refuseMeta(name)('it is missing or unreadable').message,
    })),
  ];
  const [farthest] = unusable.sort((one, other) => (one.index > other.index ? -1 : 1));
  return farthest !== undefined && farthest.index > lastIndex ? farthest : undefined;
}

/** What is lost, with the entries up to that snapshot. `isCutOff`: where the log ended cannot be told, if `lost` does not tell it. */
export function withUnreached<Visitor>(
  lost: LostEntries<Visitor>,
  unreached: UnreachedSnapshot | undefined,
  isCutOff: boolean,
): LostEntries<Visitor> {
  const { to } = lost;
  if (unreached === undefined || (to === undefined ? isCutOff : to >= unreached.index)) return lost;
  return { ...lost, to: unreached.index };
}
