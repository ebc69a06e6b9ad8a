import { bucketElementFlag, bucketHeaderBytes, compareKeys } from './bolt-format.js';
import {
  encodeBoltHead,
  encodeBoltPage,
  encodeInlinePage,
  firstFreePage,
  writePageNumber,
} from './bolt-page-encoding.js';
import { type BoltElement, contentBytes, createBoltTree, pageBytes } from './bolt-tree.js';

/** One key with its value. */
export interface BoltPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One bucket on the top level; raft-boltdb does not use nested ones. */
export interface BoltBucket {
  readonly name: string;
  /** In any order, no key twice. */
  readonly pairs: readonly BoltPair[];
}

/** Up to this size bbolt itself keeps a bucket inline (bucket.go maxInlineBucketSize: a quarter of a page). */
const inlineLimitBytes = pageBytes / 4;
/** bbolt v1.4 db.go MaxKeySize. */
const maximumKeyBytes = 32_768;

/**
 * A bbolt file that is being written: buckets, and the pairs of each, come by ascending key. Keeps a page of each level
 * of a tree in memory.
 */
export interface BoltFileWriter {
  /** Begins a bucket; the one before must have ended. */
  bucket(name: string): BoltBucketWriter;
  /** The pages that are complete so far; a few more are in memory. */
  pagesSoFar(): number;
  /** Ends the file, and returns its number of pages. */
  end(): number;
}

/** Writes one bucket. */
export interface BoltBucketWriter {
  /** @throws RangeError the key is empty, longer than bbolt allows, or not after the one before */
  add(pair: BoltPair): void;
  /**
   * Takes over a leaf page of another file as it is; at least one pair must follow.
   * @throws RangeError its keys are not after the one before
   */
  addLeaf(leaf: WholeLeaf): void;
  end(): void;
}

/** A leaf page with all the pages of {@link pageBytes} that belong to it. */
export interface WholeLeaf {
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Begins a complete bbolt file, which bbolt opens, checks and continues to write like one of its own: two meta pages,
 * an empty freelist, and for each bucket a tree of pages, or an inline page where bbolt would have one. The bytes go to
 * `write` in file order, and hold until it returns. The first of them contain the number of pages, so `pageCount` must
 * be known; a writer without `write` counts the pages, over the same pairs.
 */
export function createBoltFileWriter(pageCount: number, write?: (bytes: Uint8Array) => void): BoltFileWriter {
  let nextPage = firstFreePage;
  const inOrder = keysInOrder();
  /** The first field of a page. */
  const pageNumberBytes = new Uint8Array(8);
  const pageNumber = new DataView(pageNumberBytes.buffer);
  const place = (elements: readonly BoltElement[]): number => {
    const id = nextPage;
    nextPage += Math.ceil(contentBytes(elements) / pageBytes);
    write?.(encodeBoltPage(id, elements));
    return id;
  };
  const placeAsIs = (bytes: Uint8Array): number => {
    const id = nextPage;
    nextPage += bytes.length / pageBytes;
    if (write === undefined) return id;
    writePageNumber(pageNumber, 0, id);
    write(pageNumberBytes);
    write(bytes.subarray(pageNumberBytes.length));
    return id;
  };
  const root = createBoltTree({ place });
  // The root comes last, and is small: one page, unless there are hundreds of buckets.
  write?.(encodeBoltHead(pageCount - 1, pageCount));
  return {
    bucket(name) {
      const tree = createBoltTree({ place });
      const requireOrder = keysInOrder();
      return {
        add({ key, value }) {
          requireOrder(key);
          tree.add({ key, flags: 0, value });
        },
        addLeaf({ firstKey, lastKey, bytes }) {
          requireOrder(firstKey, lastKey);
          // A view does not hold.
          tree.addLeaf(firstKey.slice(), () => placeAsIs(bytes));
        },
        end() {
          const key = Buffer.from(name);
          inOrder(key);
          root.add({ key, flags: bucketElementFlag, value: bucketValue(tree.end(), place) });
        },
      };
    },
    pagesSoFar: () => nextPage,
    end() {
      const top = root.end();
      if ('elements' in top) place(top.elements);
      return nextPage;
    },
  };
}

/**
 * A whole file of the given buckets in memory. Keys are sorted here.
 * @throws RangeError a key or name is empty, longer than bbolt allows, or occurs twice
 */
export function encodeBoltFile(buckets: readonly BoltBucket[]): Uint8Array {
  const inOrder = sortedBy(buckets, ({ name }) => Buffer.from(name)).map(({ name, pairs }) => ({
    name,
    pairs: sortedBy(pairs, ({ key }) => key),
  }));
  const fill = (file: BoltFileWriter): number => {
    for (const { name, pairs } of inOrder) {
      const bucket = file.bucket(name);
      for (const pair of pairs) bucket.add(pair);
      bucket.end();
    }
    return file.end();
  };
  const pieces: Uint8Array[] = [];
  fill(createBoltFileWriter(fill(createBoltFileWriter(0)), (bytes) => pieces.push(bytes.slice())));
  return Buffer.concat(pieces);
}

function sortedBy<Item>(items: readonly Item[], keyOf: (item: Item) => Uint8Array): readonly Item[] {
  return [...items].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}

/** Checks one key after the other, or the first and the last one of several in order. */
function keysInOrder(): (first: Uint8Array, last?: Uint8Array) => void {
  let before: Uint8Array | undefined;
  return (key, last = key) => {
    if (key.length === 0 || key.length > maximumKeyBytes) throw new RangeError(`a key of ${key.length} bytes`);
    const order = before === undefined ? -1 : compareKeys(before, key);
    if (order === 0) throw new RangeError('a key twice');
    if (order > 0) throw new RangeError('a key that does not ascend');
    // A view may not hold.
    before = last.slice();
  };
}

/** The bucket's header, and after it its page if that is inline. */
function bucketValue(
  tree: ReturnType<ReturnType<typeof createBoltTree>['end']>,
  place: (elements: readonly BoltElement[]) => number,
): Uint8Array {
  if ('root' in tree) return bucketHeader(tree.root);
  if (contentBytes(tree.elements) > inlineLimitBytes) return bucketHeader(place(tree.elements));
  return Buffer.concat([bucketHeader(0), encodeInlinePage(tree.elements)]);
}

function bucketHeader(rootPage: number): Uint8Array {
  const header = new Uint8Array(bucketHeaderBytes);
  new DataView(header.buffer).setBigUint64(0, BigInt(rootPage), true);
  return header;
}
