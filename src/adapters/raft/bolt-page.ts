import type { OpenFile } from '../filesystem/file-system.js';
import { elementBytes, pageFlags, pageHeaderBytes } from './bolt-format.js';
import { type BoltMeta, readAt } from './bolt-meta.js';
import type { BoltPair } from './bolt-writer.js';
import type { RefuseDamage } from './damaged-store.js';

/** A checked page of a bucket's tree; keys ascend. */
export type BoltPage =
  | { readonly kind: 'branch'; readonly elements: readonly { readonly key: Uint8Array; readonly child: bigint }[] }
  | { readonly kind: 'leaf'; readonly elements: readonly (BoltPair & { readonly flags: number })[] };

/** What a page header says. */
interface PageHeader {
  readonly id: bigint;
  readonly flags: number;
  readonly count: number;
  readonly overflow: number;
}

/** The positions of one element's key and value, from the start of the page. */
interface Extent {
  readonly start: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/**
 * Reads exactly the page `id` from the file.
 * @throws store_damaged  it is not in the file, claims another id, or its elements do not fit into it
 */
export async function readBoltPage(
  file: OpenFile,
  meta: BoltMeta,
  id: bigint,
  refuse: RefuseDamage,
): Promise<BoltPage> {
  const name = `page ${id}`;
  if (id < 2n || id >= meta.highWaterMark) throw refuse(`it refers to ${name} of ${meta.highWaterMark}`);
  const position = Number(id) * meta.pageBytes;
  const read = async (length: number) => {
    const bytes = await readAt(file, position, length);
    if (bytes.length < length) throw refuse(`${name} is cut short`);
    return bytes;
  };
  let bytes = await read(meta.pageBytes);
  const header = readHeader(bytes);
  if (header.id !== id) throw refuse(`${name} says that it is page ${header.id}`);
  if (id + BigInt(header.overflow) >= meta.highWaterMark) throw refuse(`${name} reaches beyond the last page`);
  const limit = (1 + header.overflow) * meta.pageBytes;
  const tableEnd = pageHeaderBytes + header.count * elementBytes;
  if (tableEnd > limit) throw refuse(`the elements of ${name} do not fit into it`);
  if (tableEnd > bytes.length) bytes = await read(tableEnd);
  const end = readExtents(bytes, header, limit, name, refuse).end;
  // Old bbolt (before v1.4) took one page more than needed if the content filled the last one completely.
  if (header.overflow > Math.floor(end / meta.pageBytes)) throw refuse(`${name} takes more pages than it fills`);
  if (end > bytes.length) bytes = await read(end);
  return parsePage(bytes, header, limit, name, refuse);
}

/**
 * Reads the page that is inline in a bucket's value.
 * @throws store_damaged
 */
export function parseInlinePage(bytes: Uint8Array, name: string, refuse: RefuseDamage): BoltPage {
  if (bytes.length < pageHeaderBytes) throw refuse(`${name} is cut short`);
  const header = readHeader(bytes);
  if (header.flags !== pageFlags.leaf) throw refuse(`${name} is not a leaf`);
  if (header.overflow !== 0) throw refuse(`${name} takes more pages than it fills`);
  if (pageHeaderBytes + header.count * elementBytes > bytes.length) {
    throw refuse(`the elements of ${name} do not fit into it`);
  }
  return parsePage(bytes, header, bytes.length, name, refuse);
}

function readHeader(bytes: Uint8Array): PageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    id: view.getBigUint64(0, true),
    flags: view.getUint16(8, true),
    count: view.getUint16(10, true),
    overflow: view.getUint32(12, true),
  };
}

/**
 * bbolt writes keys and values one after another after the table of elements, without gaps (inode.go WriteInodeToPage).
 * Checking this finds nearly every damage to the table.
 */
function readExtents(bytes: Uint8Array, header: PageHeader, limit: number, name: string, refuse: RefuseDamage) {
  if (header.flags !== pageFlags.branch && header.flags !== pageFlags.leaf) {
    throw refuse(`${name} is neither a branch nor a leaf`);
  }
  const leaf = header.flags === pageFlags.leaf;
  if (!leaf && header.count === 0) throw refuse(`${name} is a branch to nowhere`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const extents: Extent[] = [];
  let end = pageHeaderBytes + header.count * elementBytes;
  for (let element = 0; element < header.count; element += 1) {
    const at = pageHeaderBytes + element * elementBytes;
    const start = at + view.getUint32(leaf ? at + 4 : at, true);
    const keyBytes = view.getUint32(leaf ? at + 8 : at + 4, true);
    const valueBytes = leaf ? view.getUint32(at + 12, true) : 0;
    if (start !== end) throw refuse(`an element of ${name} does not lie behind the one before it`);
    if (keyBytes === 0) throw refuse(`${name} holds an empty key`);
    end = start + keyBytes + valueBytes;
    if (end > limit) throw refuse(`an element of ${name} reaches beyond it`);
    extents.push({ start, keyBytes, valueBytes });
  }
  return { extents, end };
}

function parsePage(bytes: Uint8Array, header: PageHeader, limit: number, name: string, refuse: RefuseDamage): BoltPage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { extents } = readExtents(bytes, header, limit, name, refuse);
  const keys = extents.map(({ start, keyBytes }) => bytes.subarray(start, start + keyBytes));
  for (const [element, key] of keys.entries()) {
    const before = keys[element - 1];
    if (before !== undefined && Buffer.compare(before, key) >= 0) throw refuse(`the keys of ${name} do not ascend`);
  }
  const tableAt = (element: number) => pageHeaderBytes + element * elementBytes;
  if (header.flags === pageFlags.branch) {
    const elements = keys.map((key, element) => ({ key, child: view.getBigUint64(tableAt(element) + 8, true) }));
    return { kind: 'branch', elements };
  }
  const elements = extents.map(({ start, keyBytes, valueBytes }, element) => ({
    flags: view.getUint32(tableAt(element), true),
    key: keys[element] as Uint8Array,
    value: bytes.subarray(start + keyBytes, start + keyBytes + valueBytes),
  }));
  return { kind: 'leaf', elements };
}
