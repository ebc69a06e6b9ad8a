import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { createBlockReader } from './block-reader.js';
import { bucketElementFlag, bucketHeaderBytes, compareKeys } from './bolt-format.js';
import { readBoltMeta } from './bolt-meta.js';
import {
  type BoltBranch,
  type BoltLeaf,
  type BoltPage,
  boltPageInMemory,
  flagsAt,
  keyAt,
  parseInlinePage,
  readBoltPage,
  valueAt,
} from './bolt-page.js';
import type { BoltPair } from './bolt-writer.js';
import { damageOf } from './damaged-store.js';

/**
 * A bbolt file opened for reading. A missing bucket reads as an empty one, as raft-boltdb would create it on opening.
 * Every method may throw store_damaged, storage_failed or permission_denied. No process may write meanwhile.
 */
export interface BoltFile {
  hasBucket(bucket: string): Promise<boolean>;
  get(bucket: string, key: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * The leaf pages of a bucket by ascending key, from the one on that may hold `from`. A page holds until the next one is asked
   * for.
   */
  leaves(bucket: string, from?: Uint8Array): AsyncGenerator<BoltLeaf, void, undefined>;
  /** The pairs of a bucket by ascending key, from `from` on. */
  pairs(bucket: string, from?: Uint8Array): AsyncGenerator<BoltPair, void, undefined>;
  firstKey(bucket: string): Promise<Uint8Array | undefined>;
  lastKey(bucket: string): Promise<Uint8Array | undefined>;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/** The root of a tree: a page of the file, or one inline in the bucket's value. */
type Root = { readonly kind: 'page'; readonly id: bigint } | { readonly kind: 'inline'; readonly page: BoltPage };

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

/**
 * Opens a bbolt file through positioned reads; the file as a whole is never in memory. What is read is held to the
 * format and to what bbolt's own check demands of pages and key order, so that damage ends in an error and never in a
 * crash, an endless loop or another bucket's data.
 * `salvaging`: a file that is cut short is opened too; what is beyond its end is damaged.
 * @throws store_damaged, storage_failed, permission_denied
 */
export async function openBoltFile(fileSystem: FileSystem, path: string, salvaging = false): Promise<BoltFile> {
  const refuse = damageOf(path);
  const file = await namingFailures(fileSystem).openFile(path);
  const meta = await readBoltMeta(file, (await statusOf()).sizeBytes, refuse, salvaging).catch(closeAndThrow);
  const blocks = createBlockReader(file);
  let open = true;

  async function statusOf() {
    const status = await file.status().catch(closeAndThrow);
    if (status.kind !== 'file') return closeAndThrow(refuse('it is not a regular file'));
    return status;
  }

  async function closeAndThrow(error: unknown): Promise<never> {
    await file.close().catch(() => undefined);
    throw error;
  }

  /** Visits the leaves that may hold keys from `from` on, in either direction. */
  async function* leaves(
    root: Root,
    from: Uint8Array | undefined,
    backwards: boolean,
  ): AsyncGenerator<BoltLeaf, void, undefined> {
    const path: Level[] = [];
    const step = backwards ? -1 : 1;
    let [next, range]: [Root, KeyRange] = [root, { lowest: undefined, end: undefined }];
    for (;;) {
      const page =
        next.kind === 'inline'
          ? next.page
          : (boltPageInMemory(blocks, meta, next.id, refuse) ?? (await readBoltPage(blocks, meta, next.id, refuse)));
      requireKeysWithin(page, range);
      if (page.kind === 'leaf') yield page;
      else {
        const id = idOf(next);
        if (path.some((level) => level.id === id)) throw refuse(`page ${id} is its own ancestor`);
        const { elements } = page;
        const level = { id, elements, end: range.end, next: backwards ? elements.length - 1 : 0 };
        if (from !== undefined)
          while (level.next < elements.length - 1 && !isBefore(from, endOf(level))) level.next += 1;
        path.push(level);
      }
      while (path.length > 0 && elementNext(path) === undefined) path.pop();
      const level = path.at(-1);
      const element = elementNext(path);
      if (level === undefined || element === undefined) return;
      [next, range] = [
        { kind: 'page', id: element.child },
        { lowest: element.key, end: endOf(level) },
      ];
      level.next += step;
    }
  }

  function requireKeysWithin(page: BoltPage, { lowest, end }: KeyRange): void {
    const [first, last] = [edgeKey(page, 'first'), edgeKey(page, 'last')];
    const low = lowest !== undefined && first !== undefined && compareKeys(first, lowest) < 0;
    if (low || (last !== undefined && !isBefore(last, end))) throw refuse('a page holds keys that belong elsewhere');
  }

  async function find(root: Root, key: Uint8Array) {
    for await (const leaf of leaves(root, key, false)) {
      for (let element = 0; element < leaf.count; element += 1) {
        const order = compareKeys(keyAt(leaf, element), key);
        if (order === 0) return { flags: flagsAt(leaf, element), value: valueAt(leaf, element).slice() };
        if (order > 0) return undefined;
      }
    }
    return undefined;
  }

  async function rootOf(bucket: string): Promise<Root | undefined> {
    const element = await find({ kind: 'page', id: meta.rootPage }, Buffer.from(bucket));
    if (element === undefined) return undefined;
    const name = `the bucket "${bucket}"`;
    if (element.flags !== bucketElementFlag) throw refuse(`"${bucket}" is not a bucket`);
    const { value } = element;
    if (value.length < bucketHeaderBytes) throw refuse(`${name} is cut short`);
    const id = new DataView(value.buffer, value.byteOffset, value.byteLength).getBigUint64(0, true);
    if (id !== 0n) return { kind: 'page', id };
    return { kind: 'inline', page: parseInlinePage(value.subarray(bucketHeaderBytes), `the page of ${name}`, refuse) };
  }

  /** Buckets in buckets are not read. */
  function requirePlain(flags: number, bucket: string): void {
    if (flags !== 0) throw refuse(`the bucket "${bucket}" holds something else than keys and values`);
  }

  return {
    hasBucket: async (bucket) => (await rootOf(bucket)) !== undefined,
    async get(bucket, key) {
      const root = await rootOf(bucket);
      const element = root === undefined ? undefined : await find(root, key);
      if (element === undefined) return undefined;
      requirePlain(element.flags, bucket);
      return element.value;
    },
    async *leaves(bucket, from) {
      const root = await rootOf(bucket);
      if (root !== undefined) yield* leaves(root, from, false);
    },
    async *pairs(bucket, from) {
      const root = await rootOf(bucket);
      if (root === undefined) return;
      for await (const leaf of leaves(root, from, false)) {
        for (let element = 0; element < leaf.count; element += 1) {
          const key = keyAt(leaf, element);
          if (from !== undefined && compareKeys(key, from) < 0) continue;
          requirePlain(flagsAt(leaf, element), bucket);
          yield { key: key.slice(), value: valueAt(leaf, element).slice() };
        }
      }
    },
    async firstKey(bucket) {
      const root = await rootOf(bucket);
      if (root === undefined) return undefined;
      for await (const leaf of leaves(root, undefined, false)) if (leaf.count > 0) return keyAt(leaf, 0).slice();
      return undefined;
    },
    async lastKey(bucket) {
      const root = await rootOf(bucket);
      if (root === undefined) return undefined;
      for await (const leaf of leaves(root, undefined, true)) {
        if (leaf.count > 0) return keyAt(leaf, leaf.count - 1).slice();
      }
      return undefined;
    },
    async close() {
      if (!open) return;
      open = false;
      await blocks.idle();
      await file.close();
    },
  };
}

/** Whether `key` comes before `end`; undefined is after every key. */
function isBefore(key: Uint8Array, end: Uint8Array | undefined): boolean {
  return end === undefined || compareKeys(key, end) < 0;
}

function idOf(root: Root): bigint {
  return root.kind === 'page' ? root.id : 0n;
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
