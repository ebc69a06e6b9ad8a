import type { BlockReader } from './block-reader.js';
import { elementBytes, pageFlags, pageHeaderBytes } from './bolt-format.js';
import { type BoltLeaf, keyStart, tableAt, viewed } from './bolt-leaf.js';
import type { BoltMeta } from './bolt-meta.js';
import type { RefuseDamage } from './damaged-store.js';

/** A checked page of a bucket's tree; keys ascend. Views hold as long as those of {@link BlockReader}. */
export type BoltPage = BoltBranch | BoltLeaf;

/** A page that refers to others; the keys are copies. */
export interface BoltBranch {
  readonly kind: 'branch';
  readonly elements: readonly { readonly key: Uint8Array; readonly child: bigint }[];
}

/** What a page header says. */
interface PageHeader {
  readonly id: bigint;
  readonly flags: number;
  readonly count: number;
  readonly overflow: number;
}

/**
 * The page `id`, if its bytes are in memory.
 * @throws store_damaged  as {@link readBoltPage}
 */
export function boltPageInMemory(
  blocks: BlockReader,
  meta: BoltMeta,
  id: bigint,
  refuse: RefuseDamage,
): BoltPage | undefined {
  if (id < 2n || id >= meta.highWaterMark) return undefined;
  const position = Number(id) * meta.pageBytes;
  const first = blocks.inMemory(position, meta.pageBytes);
  if (first === undefined) return undefined;
  const overflow = overflowIn(first);
  const whole = overflow === 0 ? first : blocks.inMemory(position, (1 + overflow) * meta.pageBytes);
  return whole && parseWhole(whole, id, meta, refuse);
}

/**
 * Reads the page `id` from the file.
 * @throws store_damaged  it is not in the file, claims another id, or its elements do not fit into it
 */
export async function readBoltPage(
  blocks: BlockReader,
  meta: BoltMeta,
  id: bigint,
  refuse: RefuseDamage,
): Promise<BoltPage> {
  if (id < 2n || id >= meta.highWaterMark) throw refuse(`it refers to page ${id} of ${meta.highWaterMark}`);
  const position = Number(id) * meta.pageBytes;
  const first = await blocks.read(position, meta.pageBytes);
  if (first.length < pageHeaderBytes) throw refuse(`page ${id} is cut short`);
  const header = readHeader(new DataView(first.buffer, first.byteOffset, first.length));
  const { overflow, count } = header;
  if (overflow === 0) return parseWhole(first, id, meta, refuse);
  requireEnd(overflow, id, meta, refuse);
  // Looked at before so much is read: a damaged number may be that of any size.
  const tableBytes = tableAt(count);
  const table = tableBytes > first.length ? await blocks.read(position, tableBytes) : first;
  if (table.length < tableBytes) throw refuse(`page ${id} is cut short`);
  requireFilled(header, lastEnd(table, header), meta, refuse);
  return parseWhole(await blocks.read(position, (1 + overflow) * meta.pageBytes), id, meta, refuse);
}

/** A page and those that belong to it. The file may end within them. */
function parseWhole(bytes: Uint8Array, id: bigint, meta: BoltMeta, refuse: RefuseDamage): BoltPage {
  const name = () => `page ${id}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = readHeader(view);
  if (header.id !== id) throw refuse(`${name()} says that it is page ${header.id}`);
  requireEnd(header.overflow, id, meta, refuse);
  const limit = (1 + header.overflow) * meta.pageBytes;
  if (pageHeaderBytes + header.count * elementBytes > limit)
    throw refuse(`the elements of ${name()} do not fit into it`);
  const end = checkElements(view, header, limit, name, refuse);
  requireFilled(header, end, meta, refuse);
  return pageOf(view, header, bytes, bytes.length === limit);
}

function requireEnd(overflow: number, id: bigint, { highWaterMark }: BoltMeta, refuse: RefuseDamage): void {
  if (id + BigInt(overflow) >= highWaterMark) throw refuse(`page ${id} reaches beyond the last page`);
}

/** Where the last element of a page says that it ends. */
function lastEnd(bytes: Uint8Array, { flags, count }: PageHeader): number {
  if (count === 0) return pageHeaderBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = tableAt(count - 1);
  if (flags !== pageFlags.leaf) return at + view.getUint32(at, true) + view.getUint32(at + 4, true);
  return keyStart(view, count - 1) + view.getUint32(at + 8, true) + view.getUint32(at + 12, true);
}

/** boltdb, and bbolt up to 1.3.0, take one page more than needed if the content fills the last one completely. */
function requireFilled({ id, overflow }: PageHeader, end: number, { pageBytes }: BoltMeta, refuse: RefuseDamage): void {
  if (overflow > Math.floor(end / pageBytes)) throw refuse(`page ${id} takes more pages than it fills`);
}

/**
 * Reads the page that is inline in a bucket's value.
 * @throws store_damaged
 */
export function parseInlinePage(bytes: Uint8Array, name: string, refuse: RefuseDamage): BoltPage {
  if (bytes.length < pageHeaderBytes) throw refuse(`${name} is cut short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = readHeader(view);
  if (header.flags !== pageFlags.leaf) throw refuse(`${name} is not a leaf`);
  if (header.overflow !== 0) throw refuse(`${name} takes more pages than it fills`);
  if (pageHeaderBytes + header.count * elementBytes > bytes.length) {
    throw refuse(`the elements of ${name} do not fit into it`);
  }
  checkElements(view, header, bytes.length, () => name, refuse);
  return pageOf(view, header, bytes, false);
}

/** How many more pages belong to the one that begins with `bytes`. */
function overflowIn(bytes: Uint8Array): number {
  const [low, second, third, high] = [bytes[12], bytes[13], bytes[14], bytes[15]] as [number, number, number, number];
  return low + second * 2 ** 8 + third * 2 ** 16 + high * 2 ** 24;
}

function readHeader(view: DataView): PageHeader {
  return {
    id: view.getBigUint64(0, true),
    flags: view.getUint16(8, true),
    count: view.getUint16(10, true),
    overflow: view.getUint32(12, true),
  };
}

/**
 * Returns where the last element ends. bbolt writes keys and values one after another after the table of elements, without
 * gaps (inode.go WriteInodeToPage). Checking this finds nearly every damage to the table.
 */
function checkElements(
  view: DataView,
  { flags, count }: PageHeader,
  limit: number,
  name: () => string,
  refuse: RefuseDamage,
): number {
  if (flags !== pageFlags.branch && flags !== pageFlags.leaf) throw refuse(`${name()} is neither a branch nor a leaf`);
  const leaf = flags === pageFlags.leaf;
  if (!leaf && count === 0) throw refuse(`${name()} is a branch to nowhere`);
  let end = pageHeaderBytes + count * elementBytes;
  if (end > view.byteLength) throw refuse(`${name()} is cut short`);
  let [keyBefore, keyBeforeBytes] = [0, 0];
  for (let at = pageHeaderBytes; at < pageHeaderBytes + count * elementBytes; at += elementBytes) {
    const start = at + view.getUint32(leaf ? at + 4 : at, true);
    const keyBytes = view.getUint32(leaf ? at + 8 : at + 4, true);
    if (start !== end) throw refuse(`an element of ${name()} does not lie behind the one before it`);
    if (keyBytes === 0) throw refuse(`${name()} holds an empty key`);
    end = start + keyBytes + (leaf ? view.getUint32(at + 12, true) : 0);
    if (end > limit) throw refuse(`an element of ${name()} reaches beyond it`);
    if (end > view.byteLength) throw refuse(`${name()} is cut short`);
    if (keyBeforeBytes > 0 && !isAscending(view, keyBefore, keyBeforeBytes, start, keyBytes)) {
      throw refuse(`the keys of ${name()} do not ascend`);
    }
    [keyBefore, keyBeforeBytes] = [start, keyBytes];
  }
  return end;
}

/** Whether the first of two keys in a page comes before the second one. */
function isAscending(view: DataView, one: number, oneBytes: number, other: number, otherBytes: number): boolean {
  const shared = Math.min(oneBytes, otherBytes);
  for (let at = 0; at < shared; at += 1) {
    const difference = view.getUint8(one + at) - view.getUint8(other + at);
    if (difference !== 0) return difference < 0;
  }
  return oneBytes < otherBytes;
}

function pageOf(view: DataView, { flags, count }: PageHeader, bytes: Uint8Array, isWhole: boolean): BoltPage {
  if (flags === pageFlags.leaf) return { kind: 'leaf', count, view, bytes, isWhole };
  const elements = Array.from({ length: count }, (_, element) => {
    const at = tableAt(element);
    return {
      key: viewed(view, at + view.getUint32(at, true), view.getUint32(at + 4, true)).slice(),
      child: view.getBigUint64(at + 8, true),
    };
  });
  return { kind: 'branch', elements };
}
