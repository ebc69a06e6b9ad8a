import { type BoltLeaf, flagsAt, keyAt, numberKeyAt, uint64KeyAt, valueAt, valueEnd, valueStart } from './bolt-leaf.js';
import { pageBytes } from './bolt-tree.js';
import type { WholeLeaf } from './bolt-writer.js';
import type { RefuseDamage } from './damaged-store.js';
import { locateUsualLogEntry, type UsualLogEntry } from './usual-log-entry.js';

/** One stored entry: its index and its bytes, which log-entry.ts reads and writes. */
export interface StoredLogEntry {
  readonly index: bigint;
  readonly bytes: Uint8Array;
}

/** Entries that lie on one page of a log store, by ascending index. */
export interface LogPage {
  readonly count: number;
  /**
   * One of them; its bytes are a view.
   * @throws store_damaged
   */
  entryAt(position: number): StoredLogEntry;
  /**
   * The same without an object for each entry: reads one of the usual form into `found`, whose places are those in {@link
   * bytes}. False where it has another form, is damaged, or belongs under another index.
   */
  locateUsual(position: number, found: UsualLogEntry): boolean;
  readonly bytes: Uint8Array;
  /** The page itself; undefined if a log store that we write cannot hold it as it is. */
  readonly whole: WholeLeaf | undefined;
}

/** Reads a leaf of the bucket of entries. `refuse` makes the error for damage. */
export function logPageOf(leaf: BoltLeaf, refuse: RefuseDamage): LogPage {
  const refuseKey = (key: Uint8Array): never => {
    throw refuse(`a log key has ${key.length} bytes instead of 8`);
  };
  return {
    count: leaf.count,
    entryAt(position) {
      if (flagsAt(leaf, position) !== 0) throw refuse(`a log entry is stored as a bucket`);
      return { index: uint64KeyAt(leaf, position) ?? refuseKey(keyAt(leaf, position)), bytes: valueAt(leaf, position) };
    },
    locateUsual: (position, found) =>
      flagsAt(leaf, position) === 0 &&
      locateUsualLogEntry(leaf.bytes, valueStart(leaf, position), valueEnd(leaf, position), found) &&
      found.index === numberKeyAt(leaf, position),
    bytes: leaf.bytes,
    whole: wholeLeaf(leaf),
  };
}

/** Pages of another size, and pages that are inline or cut short, would not be pages of our file. */
function wholeLeaf(leaf: BoltLeaf): WholeLeaf | undefined {
  const { view, bytes, isWhole, count } = leaf;
  if (!isWhole || count === 0 || bytes.length !== (1 + view.getUint32(12, true)) * pageBytes) return undefined;
  return { firstKey: keyAt(leaf, 0), lastKey: keyAt(leaf, count - 1), bytes };
}
