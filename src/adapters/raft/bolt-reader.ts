import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { bucketElementFlag, bucketHeaderBytes } from './bolt-format.js';
import { readBoltMeta } from './bolt-meta.js';
import { type BoltPage, parseInlinePage, readBoltPage } from './bolt-page.js';
import type { BoltPair } from './bolt-writer.js';
import { damageOf } from './damaged-store.js';

/**
 * A bbolt file opened for reading. A missing bucket reads as an empty one, as raft-boltdb would create it on opening.
 * Every method may throw store_damaged, storage_failed or permission_denied. No process may write meanwhile.
 */
export interface BoltFile {
  hasBucket(bucket: string): Promise<boolean>;
  get(bucket: string, key: Uint8Array): Promise<Uint8Array | undefined>;
  /** The pairs of a bucket by ascending key, from `from` on. Keeps one page of each level of the tree in memory. */
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

type Leaf = Extract<BoltPage, { kind: 'leaf' }>;

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

  /**
   * Visits the leaves that may hold keys from `from` on, in either direction. `above` are the pages on the path from
   * the root.
   */
  async function* leaves(
    root: Root,
    from: Uint8Array | undefined,
    backwards: boolean,
    range: KeyRange = { lowest: undefined, end: undefined },
    above: readonly bigint[] = [],
  ): AsyncGenerator<Leaf, void, undefined> {
    if (root.kind === 'page' && above.includes(root.id)) throw refuse(`page ${root.id} is its own ancestor`);
    const page = root.kind === 'inline' ? root.page : await readBoltPage(file, meta, root.id, refuse);
    requireKeysWithin(page, range);
    if (page.kind === 'leaf') {
      yield page;
      return;
    }
    const path = root.kind === 'page' ? [...above, root.id] : above;
    const children = page.elements.map(({ key, child }, position) => ({
      root: { kind: 'page', id: child } as const,
      range: { lowest: key, end: page.elements[position + 1]?.key ?? range.end },
    }));
    const wanted = children.filter(({ range: { end } }) => from === undefined || isBefore(from, end));
    for (const child of backwards ? wanted.reverse() : wanted) {
      yield* leaves(child.root, from, backwards, child.range, path);
    }
  }

  function requireKeysWithin(page: BoltPage, { lowest, end }: KeyRange): void {
    const [first, last] = [page.elements[0]?.key, page.elements.at(-1)?.key];
    const low = lowest !== undefined && first !== undefined && Buffer.compare(first, lowest) < 0;
    if (low || (last !== undefined && !isBefore(last, end))) throw refuse('a page holds keys that belong elsewhere');
  }

  async function* elementsFrom(root: Root, from: Uint8Array | undefined) {
    for await (const leaf of leaves(root, from, false)) {
      for (const element of leaf.elements) {
        if (from === undefined || Buffer.compare(element.key, from) >= 0) yield element;
      }
    }
  }

  async function find(root: Root, key: Uint8Array) {
    for await (const element of elementsFrom(root, key)) {
      return Buffer.compare(element.key, key) === 0 ? element : undefined;
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

  function plainValue(element: Leaf['elements'][number], bucket: string): Uint8Array {
    if (element.flags === 0) return element.value;
    throw refuse(`the bucket "${bucket}" holds something else than keys and values`);
  }

  return {
    hasBucket: async (bucket) => (await rootOf(bucket)) !== undefined,
    async get(bucket, key) {
      const root = await rootOf(bucket);
      const element = root === undefined ? undefined : await find(root, key);
      return element === undefined ? undefined : plainValue(element, bucket);
    },
    async *pairs(bucket, from) {
      const root = await rootOf(bucket);
      if (root === undefined) return;
      for await (const element of elementsFrom(root, from)) {
        yield { key: element.key, value: plainValue(element, bucket) };
      }
    },
    async firstKey(bucket) {
      const root = await rootOf(bucket);
      if (root === undefined) return undefined;
      for await (const { key } of elementsFrom(root, undefined)) return key;
      return undefined;
    },
    async lastKey(bucket) {
      const root = await rootOf(bucket);
      if (root === undefined) return undefined;
      for await (const { elements } of leaves(root, undefined, true)) {
        const last = elements.at(-1);
        if (last !== undefined) return last.key;
      }
      return undefined;
    },
    async close() {
      if (open) await file.close();
      open = false;
    },
  };
}

/** Whether `key` comes before `end`; undefined is after every key. */
function isBefore(key: Uint8Array, end: Uint8Array | undefined): boolean {
  return end === undefined || Buffer.compare(key, end) < 0;
}
