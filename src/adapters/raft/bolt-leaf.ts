import { elementBytes, pageHeaderBytes } from './bolt-format.js';

/** A page of keys and values; {@link keyAt}, {@link valueAt} and {@link flagsAt} read it, as there may be millions. */
export interface BoltLeaf {
  readonly kind: 'leaf';
  /** How many pairs it holds. */
  readonly count: number;
  /** From its header on, once as numbers and once as bytes. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Whether these are all pages that belong to it: not if it is inline or the file ends within it. */
  readonly isWhole: boolean;
}

/** The key of a leaf's element: a view. */
export function keyAt({ view }: BoltLeaf, element: number): Uint8Array {
  return viewed(view, keyStart(view, element), view.getUint32(tableAt(element) + 8, true));
}

/** The key of a leaf's element as a number, big-endian; undefined if it has not eight bytes. */
export function uint64KeyAt({ view }: BoltLeaf, element: number): bigint | undefined {
  const isLong = view.getUint32(tableAt(element) + 8, true) === 8;
  return isLong ? view.getBigUint64(keyStart(view, element)) : undefined;
}

/** The same as a number of up to 53 bits; NaN if it is larger or has not eight bytes. */
export function numberKeyAt({ view }: BoltLeaf, element: number): number {
  const start = keyStart(view, element);
  if (view.getUint32(tableAt(element) + 8, true) !== 8 || view.getUint32(start) >= 2 ** 21) return Number.NaN;
  return view.getUint32(start) * 2 ** 32 + view.getUint32(start + 4);
}

/** The value of a leaf's element: a view. */
export function valueAt(leaf: BoltLeaf, element: number): Uint8Array {
  const start = valueStart(leaf, element);
  return viewed(leaf.view, start, valueEnd(leaf, element) - start);
}

/** Where the value of a leaf's element begins in {@link BoltLeaf.bytes}. */
export function valueStart({ view }: BoltLeaf, element: number): number {
  return keyStart(view, element) + view.getUint32(tableAt(element) + 8, true);
}

/** Where it ends. */
export function valueEnd(leaf: BoltLeaf, element: number): number {
  return valueStart(leaf, element) + leaf.view.getUint32(tableAt(element) + 12, true);
}

/** The flags of a leaf's element: 0 for a plain pair. */
export function flagsAt({ view }: BoltLeaf, element: number): number {
  return view.getUint32(tableAt(element), true);
}

/** Where the key of a leaf's element begins in `view`. */
export function keyStart(view: DataView, element: number): number {
  const at = tableAt(element);
  return at + view.getUint32(at + 4, true);
}

/** Where the table of a page's elements has the one at `element`. */
export function tableAt(element: number): number {
  return pageHeaderBytes + element * elementBytes;
}

/** The same memory as bytes, from `start` on. */
export function viewed(view: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}
