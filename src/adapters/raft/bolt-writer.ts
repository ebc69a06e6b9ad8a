import {
  bucketElementFlag,
  bucketHeaderBytes,
  elementBytes,
  fnv1a64,
  metaMagic,
  metaSummedBytes,
  metaVersion,
  pageFlags,
  pageHeaderBytes,
} from './bolt-format.js';

/** One key with its value. */
export interface BoltPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One bucket on the top level; nested ones raft-boltdb does not use. */
export interface BoltBucket {
  readonly name: string;
  /** In any order, no key twice. */
  readonly pairs: readonly BoltPair[];
}

/** What machines of 4 KiB pages give a new file; bbolt takes it from the file wherever it is opened. */
const pageBytes = 4096;
/** Up to here bbolt itself keeps a bucket inline (bucket.go maxInlineBucketSize: a quarter of a page). */
const inlineLimitBytes = pageBytes / 4;
/** bbolt v1.4 db.go MaxKeySize. */
const maximumKeyBytes = 32_768;
/** A branch of one child would be no branch (node.go minKeys). */
const fewestChildren = 2;

const freelistPage = 2;
const firstFreePage = 3;

/** What goes on a leaf or branch page: a leaf's element has flags and a value, a branch's a child. */
type Element =
  | { readonly key: Uint8Array; readonly flags: number; readonly value: Uint8Array }
  | { readonly key: Uint8Array; readonly child: number };

interface Page {
  readonly id: number;
  readonly elements: readonly Element[];
}

/**
 * A complete bbolt file of the given buckets, which bbolt opens, checks and goes on writing like one of its own: two
 * meta pages, an empty freelist, and for each bucket a tree of pages, or an inline page where bbolt would have one.
 * Keys are sorted here.
 * @throws RangeError a key or name is empty, longer than bbolt allows, or there twice
 */
export function encodeBoltFile(buckets: readonly BoltBucket[]): Uint8Array {
  const pages: Page[] = [];
  let nextPage = firstFreePage;

  function place(elements: readonly Element[]): number {
    const id = nextPage;
    pages.push({ id, elements });
    nextPage += Math.ceil(contentBytes(elements) / pageBytes);
    return id;
  }

  /** Puts a tree onto pages, leaves first, and gives the id of its root. */
  function placeTree(elements: readonly Element[]): number {
    const groups = group(elements);
    if (groups.length <= 1) return place(elements);
    return placeTree(groups.map((members) => ({ key: firstKey(members), child: place(members) })));
  }

  function bucketElement(bucket: BoltBucket): Element {
    const elements = sorted(bucket.pairs.map(({ key, value }) => ({ key, flags: 0, value })));
    const inline = contentBytes(elements) <= inlineLimitBytes;
    const header = bucketHeader(inline ? 0 : placeTree(elements));
    const value = inline ? Buffer.concat([header, inlinePage(elements)]) : header;
    return { key: Buffer.from(bucket.name), flags: bucketElementFlag, value };
  }

  const root = placeTree(sorted(buckets.map(bucketElement)));
  const image = new Uint8Array(nextPage * pageBytes);
  // A new file of bbolt's own has the same content in both metas, as if transactions 0 and 1 had made it.
  for (const transaction of [0, 1]) writeMeta(image, transaction, root, nextPage);
  writePageHeader(image, freelistPage, pageFlags.freelist, 0, 0);
  for (const page of pages) writePage(image, page);
  return image;
}

/** Cuts the elements of one level into pages; a page takes more than fits only where a single element does. */
function group(elements: readonly Element[]): Element[][] {
  const groups: Element[][] = [];
  let current: Element[] = [];
  let size = pageHeaderBytes;
  for (const element of elements) {
    const fewest = 'child' in element ? fewestChildren : 1;
    if (current.length >= fewest && size + sizeOf(element) > pageBytes) {
      groups.push(current);
      current = [];
      size = pageHeaderBytes;
    }
    current.push(element);
    size += sizeOf(element);
  }
  const [last, previous] = [current, groups.at(-1)];
  const lent =
    previous !== undefined && last.length === 1 && 'child' in (last[0] as Element) ? previous.pop() : undefined;
  if (lent !== undefined) last.unshift(lent);
  groups.push(last);
  return groups;
}

function sorted(elements: readonly Element[]): readonly Element[] {
  const inOrder = [...elements].sort((a, b) => Buffer.compare(a.key, b.key));
  for (const [position, { key }] of inOrder.entries()) {
    if (key.length === 0 || key.length > maximumKeyBytes) throw new RangeError(`a key of ${key.length} bytes`);
    const before = inOrder[position - 1];
    if (before !== undefined && Buffer.compare(before.key, key) === 0) throw new RangeError('a key twice');
  }
  return inOrder;
}

function firstKey(elements: readonly Element[]): Uint8Array {
  return (elements[0] as Element).key;
}

function sizeOf(element: Element): number {
  return elementBytes + element.key.length + ('value' in element ? element.value.length : 0);
}

function contentBytes(elements: readonly Element[]): number {
  return elements.reduce((sum, element) => sum + sizeOf(element), pageHeaderBytes);
}

function bucketHeader(rootPage: number): Uint8Array {
  const header = new Uint8Array(bucketHeaderBytes);
  new DataView(header.buffer).setBigUint64(0, BigInt(rootPage), true);
  return header;
}

function inlinePage(elements: readonly Element[]): Uint8Array {
  const page = new Uint8Array(contentBytes(elements));
  writePage(page, { id: 0, elements });
  return page;
}

function writePage(image: Uint8Array, { id, elements }: Page): void {
  const overflow = Math.ceil(contentBytes(elements) / pageBytes) - 1;
  const flags = elements[0] !== undefined && 'child' in elements[0] ? pageFlags.branch : pageFlags.leaf;
  writePageHeader(image, id, flags, elements.length, overflow);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  let at = id * pageBytes + pageHeaderBytes;
  let data = at + elements.length * elementBytes;
  for (const element of elements) {
    const { key } = element;
    const value = 'value' in element ? element.value : new Uint8Array(0);
    if ('child' in element) {
      view.setUint32(at, data - at, true);
      view.setUint32(at + 4, key.length, true);
      view.setBigUint64(at + 8, BigInt(element.child), true);
    } else {
      view.setUint32(at, element.flags, true);
      view.setUint32(at + 4, data - at, true);
      view.setUint32(at + 8, key.length, true);
      view.setUint32(at + 12, value.length, true);
    }
    image.set(key, data);
    image.set(value, data + key.length);
    data += key.length + value.length;
    at += elementBytes;
  }
}

function writePageHeader(image: Uint8Array, id: number, flags: number, count: number, overflow: number): void {
  const view = new DataView(image.buffer, image.byteOffset + id * pageBytes, pageHeaderBytes);
  view.setBigUint64(0, BigInt(id), true);
  view.setUint16(8, flags, true);
  view.setUint16(10, count, true);
  view.setUint32(12, overflow, true);
}

function writeMeta(image: Uint8Array, transaction: number, rootPage: number, highWaterMark: number): void {
  writePageHeader(image, transaction, pageFlags.meta, 0, 0);
  const start = image.byteOffset + transaction * pageBytes + pageHeaderBytes;
  const view = new DataView(image.buffer, start, metaSummedBytes + 8);
  view.setUint32(0, metaMagic, true);
  view.setUint32(4, metaVersion, true);
  view.setUint32(8, pageBytes, true);
  view.setBigUint64(16, BigInt(rootPage), true);
  view.setBigUint64(32, BigInt(freelistPage), true);
  view.setBigUint64(40, BigInt(highWaterMark), true);
  view.setBigUint64(48, BigInt(transaction), true);
  view.setBigUint64(metaSummedBytes, fnv1a64(new Uint8Array(image.buffer, start, metaSummedBytes)), true);
}
