import {
  elementBytes,
  fnv1a64,
  metaMagic,
  metaSummedBytes,
  metaVersion,
  pageFlags,
  pageHeaderBytes,
} from './bolt-format.js';
import { type BoltElement, contentBytes, pageBytes } from './bolt-tree.js';

/** The freelist of a new file, after the two metas; it is empty. */
const freelistPage = 2;
/** The first page after the head of a file. */
export const firstFreePage = 3;

/** The head of a new file: two metas that name the root and where the pages in use end, and an empty freelist. */
export function encodeBoltHead(rootPage: number, highWaterMark: number): Uint8Array {
  const head = new Uint8Array(firstFreePage * pageBytes);
  // A new file of bbolt's own has the same content in both metas, as if transactions 0 and 1 had made it.
  for (const transaction of [0, 1]) writeMeta(head, transaction, rootPage, highWaterMark);
  writePageHeader(head, freelistPage * pageBytes, freelistPage, pageFlags.freelist, 0, 0);
  return head;
}

/** The page `id` with its overflow, as whole pages. */
export function encodeBoltPage(id: number, elements: readonly BoltElement[]): Uint8Array {
  const pages = Math.ceil(contentBytes(elements) / pageBytes);
  const bytes = new Uint8Array(pages * pageBytes);
  writeElements(bytes, id, elements, pages - 1);
  return bytes;
}

/** The page that is inline in a bucket's value, no longer than its content. */
export function encodeInlinePage(elements: readonly BoltElement[]): Uint8Array {
  const bytes = new Uint8Array(contentBytes(elements));
  writeElements(bytes, 0, elements, 0);
  return bytes;
}

function writeElements(bytes: Uint8Array, id: number, elements: readonly BoltElement[], overflow: number): void {
  const flags = elements[0] !== undefined && 'child' in elements[0] ? pageFlags.branch : pageFlags.leaf;
  writePageHeader(bytes, 0, id, flags, elements.length, overflow);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = pageHeaderBytes;
  let data = at + elements.length * elementBytes;
  for (const element of elements) {
    const { key } = element;
    if ('child' in element) {
      view.setUint32(at, data - at, true);
      view.setUint32(at + 4, key.length, true);
      writePageNumber(view, at + 8, element.child);
    } else {
      view.setUint32(at, element.flags, true);
      view.setUint32(at + 4, data - at, true);
      view.setUint32(at + 8, key.length, true);
      view.setUint32(at + 12, element.value.length, true);
      bytes.set(element.value, data + key.length);
    }
    bytes.set(key, data);
    data += key.length + ('value' in element ? element.value.length : 0);
    at += elementBytes;
  }
}

/** Writes the id of a page, eight bytes; bigints would cost more than the rest of a page. */
export function writePageNumber(view: DataView, at: number, id: number): void {
  view.setUint32(at, id % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(id / 2 ** 32), true);
}

function writePageHeader(
  bytes: Uint8Array,
  at: number,
  id: number,
  flags: number,
  count: number,
  overflow: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, pageHeaderBytes);
  writePageNumber(view, 0, id);
  view.setUint16(8, flags, true);
  view.setUint16(10, count, true);
  view.setUint32(12, overflow, true);
}

function writeMeta(head: Uint8Array, transaction: number, rootPage: number, highWaterMark: number): void {
  writePageHeader(head, transaction * pageBytes, transaction, pageFlags.meta, 0, 0);
  const start = head.byteOffset + transaction * pageBytes + pageHeaderBytes;
  const view = new DataView(head.buffer, start, metaSummedBytes + 8);
  view.setUint32(0, metaMagic, true);
  view.setUint32(4, metaVersion, true);
  view.setUint32(8, pageBytes, true);
  view.setBigUint64(16, BigInt(rootPage), true);
  view.setBigUint64(32, BigInt(freelistPage), true);
  view.setBigUint64(40, BigInt(highWaterMark), true);
  view.setBigUint64(48, BigInt(transaction), true);
  view.setBigUint64(metaSummedBytes, fnv1a64(new Uint8Array(head.buffer, start, metaSummedBytes)), true);
}
