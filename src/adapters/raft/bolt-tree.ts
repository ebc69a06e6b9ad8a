import { elementBytes, pageHeaderBytes } from './bolt-format.js';

/** What machines of 4 KiB pages give a new file; bbolt takes it from the file wherever it is opened. */
export const pageBytes = 4096;
/** A branch of one child would be no branch (node.go minKeys). */
const fewestChildren = 2;

/** What goes on a leaf or branch page: a leaf's element has flags and a value, a branch's a child. */
export type BoltElement =
  | { readonly key: Uint8Array; readonly flags: number; readonly value: Uint8Array }
  | { readonly key: Uint8Array; readonly child: number };

/** The pages of a file that have been given out. */
export interface PagePlacer {
  /** Gives the elements the next pages of the file, and the id of the first of them. */
  place(elements: readonly BoltElement[]): number;
}

/** A tree that is laid out while its elements come, by ascending key. A page of each level is in memory. */
export interface BoltTree {
  /** Puts the element behind those that came before. */
  add(element: BoltElement): void;
  /** Places what is left, and gives the page of the root; the elements themselves, unplaced, where one page holds them. */
  end(): { readonly root: number } | { readonly elements: readonly BoltElement[] };
}

/** One level: the page that fills, and the full one before it, which may have to lend an element. */
interface Level {
  elements: BoltElement[];
  sizeBytes: number;
  full: BoltElement[] | undefined;
  placed: boolean;
}

/** Cuts elements into pages, leaves first; a page takes more than fits only where a single element does. */
export function createBoltTree({ place }: PagePlacer): BoltTree {
  const levels: Level[] = [];

  function addTo(depth: number, element: BoltElement): void {
    levels[depth] ??= { elements: [], sizeBytes: pageHeaderBytes, full: undefined, placed: false };
    const level = levels[depth];
    const fewest = depth === 0 ? 1 : fewestChildren;
    if (level.elements.length >= fewest && level.sizeBytes + sizeOf(element) > pageBytes) {
      placeFull(depth, level);
      level.full = level.elements;
      // A leaf page lends nothing.
      if (depth === 0) placeFull(depth, level);
      level.elements = [];
      level.sizeBytes = pageHeaderBytes;
    }
    level.elements.push(element);
    level.sizeBytes += sizeOf(element);
  }

  function placeFull(depth: number, level: Level): void {
    const { full } = level;
    if (full === undefined) return;
    level.full = undefined;
    placeOn(depth, level, full);
  }

  function placeOn(depth: number, level: Level, elements: readonly BoltElement[]): void {
    level.placed = true;
    addTo(depth + 1, { key: (elements[0] as BoltElement).key, child: place(elements) });
  }

  return {
    add: (element) => addTo(0, element),
    end() {
      const [leaves] = levels;
      if (leaves === undefined || !leaves.placed) return { elements: leaves?.elements ?? [] };
      for (let depth = 0; ; depth += 1) {
        const level = levels[depth] as Level;
        if (!level.placed && level.full === undefined) return { root: place(level.elements) };
        const lent = depth > 0 && level.elements.length < fewestChildren ? level.full?.pop() : undefined;
        if (lent !== undefined) level.elements.unshift(lent);
        placeFull(depth, level);
        placeOn(depth, level, level.elements);
      }
    },
  };
}

/** How much of a page an element takes, in bytes. */
function sizeOf(element: BoltElement): number {
  return elementBytes + element.key.length + ('value' in element ? element.value.length : 0);
}

/** How much the elements take with their page's header, in bytes. */
export function contentBytes(elements: readonly BoltElement[]): number {
  return elements.reduce((sum, element) => sum + sizeOf(element), pageHeaderBytes);
}
