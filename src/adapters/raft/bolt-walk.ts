import { compareKeys } from './bolt-format.js';
import { type BoltLeaf, keyAt } from './bolt-leaf.js';
import type { BoltBranch, BoltPage } from './bolt-page.js';
import type { RefuseDamage } from './damaged-store.js';

/** The root of a tree: a page of the file, or one inline in the bucket's value. */
export type Root =
  | { readonly kind: 'page'; readonly id: bigint }
  | { readonly kind: 'inline'; readonly page: BoltPage };

/** Keys that may be below a branch's element: from `lowest` up to, but not including, `end`. */
interface KeyRange {
  readonly lowest: Uint8Array | undefined;
  readonly end: Uint8Array | undefined;
}

/** A branch on the path to the page that is visited next. */
interface Level {
  readonly id: bigint;
  readonly elements: BoltBranch['elements'];
  readonly end: Uint8Array | undefined;
  /** The element that comes next. */
  next: number;
}

/** The way through a tree, from leaf to leaf. The caller gets the pages, which may take a while. */
export interface BoltWalk {
  /** The page that comes next; undefined at the end. */
  next(): Root | undefined;
  /**
   * Takes that page, and returns it if it is a leaf.
   * @throws store_damaged  it does not belong there
   */
  enter(page: BoltPage): BoltLeaf | undefined;
}

/**
 * Walks through the leaves that may hold keys from `from` on, or through all of them backwards. Pages are held to the order
 * of the keys, so that damage ends neither in an endless loop nor in another bucket's data.
 */
export function walkTree(
  root: Root,
  from: Uint8Array | undefined,
  direction: 'forwards' | 'backwards',
  refuse: RefuseDamage,
): BoltWalk {
  const path: Level[] = [];
  let next: Root | undefined = root;
  let range: KeyRange = { lowest: undefined, end: undefined };

  function descend(branch: BoltBranch, id: bigint): void {
    if (path.some((level) => level.id === id)) throw refuse(`page ${id} is its own ancestor`);
    const { elements } = branch;
    const level = { id, elements, end: range.end, next: direction === 'backwards' ? elements.length - 1 : 0 };
    if (from !== undefined) while (level.next < elements.length - 1 && !isBefore(from, endOf(level))) level.next += 1;
    path.push(level);
  }

  function moveOn(): void {
    while (path.length > 0 && elementNext(path) === undefined) path.pop();
    const level = path.at(-1);
    const element = elementNext(path);
    if (level === undefined || element === undefined) {
      next = undefined;
      return;
    }
    next = { kind: 'page', id: element.child };
    range = { lowest: element.key, end: endOf(level) };
    level.next += direction === 'backwards' ? -1 : 1;
  }

  function requireKeysWithin(page: BoltPage, { lowest, end }: KeyRange): void {
    const [first, last] = [edgeKey(page, 'first'), edgeKey(page, 'last')];
    const low = lowest !== undefined && first !== undefined && compareKeys(first, lowest) < 0;
    if (low || (last !== undefined && !isBefore(last, end))) throw refuse('a page holds keys that belong elsewhere');
  }

  return {
    next: () => next,
    enter(page) {
      requireKeysWithin(page, range);
      // bbolt removes a page with its last element, unless it is the root (node.go rebalance).
      if (page.kind === 'leaf' && page.count === 0 && path.length > 0)
        throw refuse('a page that must hold keys is empty');
      if (page.kind === 'branch') descend(page, next?.kind === 'page' ? next.id : 0n);
      moveOn();
      return page.kind === 'leaf' ? page : undefined;
    },
  };
}

/** Whether `key` comes before `end`; undefined is after every key. */
function isBefore(key: Uint8Array, end: Uint8Array | undefined): boolean {
  return end === undefined || compareKeys(key, end) < 0;
}

function elementNext(path: readonly Level[]): BoltBranch['elements'][number] | undefined {
  const level = path.at(-1);
  return level?.elements[level.next];
}

/** Where the keys of the next element's page end. */
function endOf({ elements, next, end }: Level): Uint8Array | undefined {
  return elements[next + 1]?.key ?? end;
}

function edgeKey(page: BoltPage, edge: 'first' | 'last'): Uint8Array | undefined {
  if (page.kind === 'branch') return page.elements.at(edge === 'first' ? 0 : -1)?.key;
  return page.count === 0 ? undefined : keyAt(page, edge === 'first' ? 0 : page.count - 1);
}
