import {
  bucketElementFlag,
  fnv1a64,
  metaSummedBytes,
  pageFlags,
  pageHeaderBytes,
} from '../../../src/adapters/raft/bolt-format.js';
import { pageBytes } from '../../../src/adapters/raft/bolt-tree.js';

/** The metas and the freelist stay where they are. */
const firstMovable = 3;

/** The same bbolt file with its pages in another order, as in one that was written to for long. `seed` chooses the order. */
export function scattered(image: Uint8Array, seed: number): Uint8Array {
  const from = Buffer.from(image);
  const moved = shuffled(pagesOf(from), seed);
  const places = new Map<number, number>();
  let next = firstMovable;
  for (const { id, pages } of moved) {
    places.set(id, next);
    next += pages;
  }
  const to = Buffer.from(from);
  for (const { id, pages } of moved) {
    const page = to.subarray((places.get(id) ?? 0) * pageBytes);
    from.copy(page, 0, id * pageBytes, (id + pages) * pageBytes);
    page.writeBigUInt64LE(BigInt(places.get(id) ?? 0));
    for (const at of referencesIn(page)) page.writeBigUInt64LE(placeOf(page.readBigUInt64LE(at), places), at);
  }
  for (const meta of [to.subarray(pageHeaderBytes), to.subarray(pageBytes + pageHeaderBytes)]) {
    meta.writeBigUInt64LE(placeOf(meta.readBigUInt64LE(16), places), 16);
    meta.writeBigUInt64LE(fnv1a64(meta.subarray(0, metaSummedBytes)), metaSummedBytes);
  }
  return to;
}

interface MovablePage {
  readonly id: number;
  /** With those that belong to it. */
  readonly pages: number;
}

function pagesOf(image: Buffer): readonly MovablePage[] {
  const found: MovablePage[] = [];
  for (let id = firstMovable; id * pageBytes < image.length; ) {
    const pages = 1 + image.readUInt32LE(id * pageBytes + 12);
    found.push({ id, pages });
    id += pages;
  }
  return found;
}

/** Where a page refers to others: at the children of a branch, and at the roots of the buckets that are not inline. */
function referencesIn(page: Buffer): readonly number[] {
  const [flags, count] = [page.readUInt16LE(8), page.readUInt16LE(10)];
  const elements = Array.from({ length: count }, (_, element) => pageHeaderBytes + element * 16);
  if (flags === pageFlags.branch) return elements.map((at) => at + 8);
  return elements
    .filter((at) => page.readUInt32LE(at) === bucketElementFlag)
    .map((at) => at + page.readUInt32LE(at + 4) + page.readUInt32LE(at + 8));
}

/** 0 stands for a page that is inline. */
function placeOf(id: bigint, places: ReadonlyMap<number, number>): bigint {
  return BigInt(places.get(Number(id)) ?? 0);
}

function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const order = [...items];
  let state = seed;
  for (let last = order.length - 1; last > 0; last -= 1) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
}
