import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { createBlockReader } from './block-reader.js';
import { bucketElementFlag, bucketHeaderBytes, compareKeys } from './bolt-format.js';
import { type BoltLeaf, flagsAt, keyAt, valueAt } from './bolt-leaf.js';
import { readBoltMeta } from './bolt-meta.js';
import { type BoltPage, boltPageInMemory, parseInlinePage, readBoltPage } from './bolt-page.js';
import { type BoltWalk, type Root, walkTree } from './bolt-walk.js';
import type { BoltPair } from './bolt-writer.js';
import { damageOf } from './damaged-store.js';

/**
 * A bbolt file opened for reading. A missing bucket reads as an empty one, as raft-boltdb would create it on opening.
 * Every method may throw store_damaged, storage_failed or permission_denied. No process may write meanwhile.
 */
export interface BoltFile {
  /** How many pages it takes up, free ones included. */
  readonly pageCount: bigint;
  hasBucket(bucket: string): Promise<boolean>;
  get(bucket: string, key: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * The leaf pages of a bucket by ascending key, from the one on that may hold `from`, as many at once as are in memory: a
   * turn of an asynchronous iteration costs more than a page. They hold until the next ones are asked for.
   */
  leaves(bucket: string, from?: Uint8Array): AsyncGenerator<readonly BoltLeaf[], void, undefined>;
  /** The pairs of a bucket by ascending key, from `from` on. */
  pairs(bucket: string, from?: Uint8Array): AsyncGenerator<BoltPair, void, undefined>;
  firstKey(bucket: string): Promise<Uint8Array | undefined>;
  lastKey(bucket: string): Promise<Uint8Array | undefined>;
  /** Safe to call more than once. */
  close(): Promise<void>;
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

  function inMemory(root: Root): BoltPage | undefined {
    return root.kind === 'inline' ? root.page : boltPageInMemory(blocks, meta, root.id, refuse);
  }

  /** The page, once {@link inMemory} has not found it. */
  async function fromFile(root: Root): Promise<BoltPage> {
    return root.kind === 'inline' ? root.page : readBoltPage(blocks, meta, root.id, refuse);
  }

  /** The leaves on a walk, one after the other. */
  async function* leaves(walk: BoltWalk): AsyncGenerator<BoltLeaf, void, undefined> {
    for (let root = walk.next(); root !== undefined; root = walk.next()) {
      const leaf = walk.enter(inMemory(root) ?? (await fromFile(root)));
      if (leaf !== undefined) yield leaf;
    }
  }

  /** The leaves on a walk, as many at once as are in memory. */
  async function* batches(walk: BoltWalk): AsyncGenerator<readonly BoltLeaf[], void, undefined> {
    let batch: BoltLeaf[] = [];
    const enter = (page: BoltPage): void => {
      const leaf = walk.enter(page);
      if (leaf !== undefined) batch.push(leaf);
    };
    for (let root = walk.next(); root !== undefined; root = walk.next()) {
      let page: BoltPage | undefined;
      try {
        page = inMemory(root);
        if (page !== undefined) enter(page);
      } catch (error) {
        // What lies before damage counts.
        if (batch.length > 0) yield batch;
        throw error;
      }
      if (page !== undefined) continue;
      if (batch.length > 0) yield batch;
      batch = [];
      enter(await fromFile(root));
    }
    if (batch.length > 0) yield batch;
  }

  async function find(root: Root, key: Uint8Array) {
    for await (const leaf of leaves(walkTree(root, key, 'forwards', refuse))) {
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
    pageCount: meta.highWaterMark,
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
      if (root !== undefined) yield* batches(walkTree(root, from, 'forwards', refuse));
    },
    async *pairs(bucket, from) {
      const root = await rootOf(bucket);
      if (root === undefined) return;
      for await (const leaf of leaves(walkTree(root, from, 'forwards', refuse))) {
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
      for await (const leaf of leaves(walkTree(root, undefined, 'forwards', refuse))) {
        if (leaf.count > 0) return keyAt(leaf, 0).slice();
      }
      return undefined;
    },
    async lastKey(bucket) {
      const root = await rootOf(bucket);
      if (root === undefined) return undefined;
      for await (const leaf of leaves(walkTree(root, undefined, 'backwards', refuse))) {
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
