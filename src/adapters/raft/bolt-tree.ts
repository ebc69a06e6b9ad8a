import { elementBytes, pageHeaderBytes } from './bolt-format.js';

/** The page size of a new file on machines with 4 KiB pages; bbolt reads it from the file on every machine. */
export const pageBytes = 4096;
/** A branch needs two children (node.go minKeys). */
const fewestChildren = 2;

/** An element of a leaf or branch page: a leaf's has flags and a value, a branch's a child. */
export type BoltElement =
  | { readonly key: Uint8Array; readonly flags: number; readonly value: Uint8Array }
  | { readonly key: Uint8Array; readonly child: number };

/** Allocates the pages of a file. */
export interface PagePlacer {
  /** Puts the elements on the next pages of the file, and returns the id of the first page. */
  place(elements: readonly BoltElement[]): number;
}

/** A tree that is built while its elements come, by ascending key. Keeps a page of each level in memory. */
export interface BoltTree {
  /** Appends the element. */
  add(element: BoltElement): void;
  /**
   * Places a leaf that is full already; at least one element must follow. `place` puts it on the next pages of the file, and
   * returns the id of the first.
   */
  addLeaf(firstKey: Uint8Array, place: () => number): void;
  /**
   * Places what is left, and returns the page of the root; or the elements themselves, unplaced, if one page holds
   * them.
   */
  end(): { readonly root: number } | { readonly elements: readonly BoltElement[] };
}

/** One level: the page being filled, and the full one before it, which may have to give up an element. */
interface Level {
  elements: BoltElement[];
  sizeBytes: number;
  full: BoltElement[] | undefined;
  placed: boolean;
}

/** Divides elements into pages, leaves first; a page overflows only with a single large element. */
export function createBoltTree({ place }: PagePlacer): BoltTree {
  const levels: Level[] = [];

  function addTo(depth: number, element: BoltElement): void {
    levels[depth] ??= emptyLevel();
    const level = levels[depth];
    const fewest = depth === 0 ? 1 : fewestChildren;
    if (level.elements.length >= fewest && level.sizeBytes + sizeOf(element) > pageBytes) {
      placeFull(depth, level);
      level.full = level.elements;
      // A leaf page gives up no element.
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
    addLeaf(firstKey, placeLeaf) {
      levels[0] ??= emptyLevel();
      const [level] = levels as [Level];
      if (level.elements.length > 0) placeOn(0, level, level.elements);
      Object.assign(level, emptyLevel(), { placed: true });
      addTo(1, { key: firstKey, child: placeLeaf() });
    },
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

function emptyLevel(): Level {
  return { elements: [], sizeBytes: pageHeaderBytes, full: undefined, placed: false };
}

/** The size of an element in a page, in bytes. */
function sizeOf(element: BoltElement): number {
  return elementBytes + element.key.length + ('value' in element ? element.value.length : 0);
}

/** The size of the elements with their page's header, in bytes. */
export function contentBytes(elements: readonly BoltElement[]): number {
  return elements.reduce((sum, element) => sum + sizeOf(element), pageHeaderBytes);
}
