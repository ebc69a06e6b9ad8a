import type { FileSystem } from '../filesystem/file-system.js';
import { type BoltFile, openBoltFile } from './bolt-reader.js';
import { pageBytes } from './bolt-tree.js';
import { type BoltPair, createBoltFileWriter, encodeBoltFile } from './bolt-writer.js';
import { damageOf, type RefuseDamage, unlessDamaged } from './damaged-store.js';
import { logBucket, requireBuckets, stableBucket } from './log-buckets.js';
import { type LogPage, logPageOf, type StoredLogEntry } from './log-page.js';

/** What a log store holds in addition to its entries. */
export interface StableContent {
  /** The stable store's CurrentTerm. The engine starts its next election one above it. */
  readonly currentTerm: bigint;
  /** The node's last vote; absent if it has not voted. `candidate` is a raft address. */
  readonly lastVote?: { readonly term: bigint; readonly candidate: string };
  /** What the stable store holds in addition to the engine's keys. */
  readonly stableValues?: ReadonlyMap<string, Uint8Array>;
}

/** The content of a log store. */
export interface LogStoreContent extends StableContent {
  readonly entries?: readonly StoredLogEntry[];
}

/** A log store opened for reading. No process may write it meanwhile. */
export interface LogStoreReader {
  /** 0 if the store has no term, as in the engine (hashicorp/raft v1.7 api.go NewRaft). */
  readonly currentTerm: bigint;
  readonly lastVoteTerm: bigint | undefined;
  /** The raft address of the node that was voted for. */
  readonly lastVoteCandidate: string | undefined;
  /** What the stable store holds in addition to the engine's keys. */
  readonly stableValues: ReadonlyMap<string, Uint8Array>;
  /** Undefined if there are no entries. */
  readonly firstIndex: bigint | undefined;
  readonly lastIndex: bigint | undefined;
  /**
   * The entries by ascending index, from `fromIndex` on. Does not check for gaps.
   * @throws store_damaged, storage_failed
   */
  entries(fromIndex: bigint): AsyncIterable<StoredLogEntry>;
  /**
   * The same by pages, several at once: the first one may begin with earlier entries. They hold until the next ones are asked
   * for.
   * @throws store_damaged, storage_failed
   */
  pages(fromIndex: bigint): AsyncIterable<readonly LogPage[]>;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/** hashicorp/raft v1.7 raft.go keyCurrentTerm, keyLastVoteTerm, keyLastVoteCand. */
const stableKeys = { currentTerm: 'CurrentTerm', voteTerm: 'LastVoteTerm', voteCandidate: 'LastVoteCand' } as const;
const ownKeys: readonly string[] = Object.values(stableKeys);

/**
 * The bytes of a whole log.db: what raft-boltdb v2.3 would have written, in a file that it can continue to write.
 * @throws RangeError a number is not a uint64, or an index occurs twice
 */
export function encodeLogStore(content: LogStoreContent): Uint8Array {
  const logs = (content.entries ?? []).map(pairOf);
  return encodeBoltFile([
    { name: stableBucket, pairs: stablePairs(content) },
    { name: logBucket, pairs: logs },
  ]);
}

/** A log.db that is being written, for logs that do not fit into memory; entries come by ascending index. */
export interface LogStoreWriter {
  /** @throws RangeError the index is not after the one before */
  add(entry: StoredLogEntry): void;
  /** The size of the pages that are complete so far. */
  sizeSoFarBytes(): number;
  /**
   * Takes over the entries from position `from` to before `to` on a page, all at once where it can. At least one entry must be
   * added behind it.
   * @throws RangeError the first index is not after the one before
   */
  addPage(page: LogPage, from: number, to: number): void;
  /** Ends the file, and returns its number of pages. */
  end(): number;
}

/**
 * Begins a log.db, as {@link encodeLogStore} makes it. The bytes go to `write` in file order, and hold until it returns;
 * without it the writer only counts the pages, because `pageCount` must be known beforehand.
 */
export function createLogStoreWriter(
  content: StableContent,
  pageCount: number,
  write?: (bytes: Uint8Array) => void,
): LogStoreWriter {
  const file = createBoltFileWriter(pageCount, write);
  const stable = file.bucket(stableBucket);
  for (const pair of stablePairs(content)) stable.add(pair);
  stable.end();
  const logs = file.bucket(logBucket);
  return {
    add: (entry) => logs.add(pairOf(entry)),
    sizeSoFarBytes: () => file.pagesSoFar() * pageBytes,
    addPage({ whole, count, entryAt }, from, to) {
      if (whole !== undefined && from === 0 && to === count) {
        logs.addLeaf(whole);
        return;
      }
      for (let position = from; position < to; position += 1) {
        const { index, bytes } = entryAt(position);
        // The page does not hold until these are written.
        logs.add(pairOf({ index, bytes: bytes.slice() }));
      }
    },
    end() {
      logs.end();
      return file.end();
    },
  };
}

/** By ascending key. */
function stablePairs({ currentTerm, lastVote, stableValues = new Map() }: StableContent): readonly BoltPair[] {
  const stable = [{ key: Buffer.from(stableKeys.currentTerm), value: encodeUint64(currentTerm) }];
  if (lastVote !== undefined) {
    stable.push({ key: Buffer.from(stableKeys.voteTerm), value: encodeUint64(lastVote.term) });
    stable.push({ key: Buffer.from(stableKeys.voteCandidate), value: Buffer.from(lastVote.candidate) });
  }
  for (const [key, value] of stableValues) stable.push({ key: Buffer.from(key), value: Buffer.from(value) });
  return stable.sort((one, other) => Buffer.compare(one.key, other.key));
}

function pairOf({ index, bytes }: StoredLogEntry): BoltPair {
  return { key: encodeUint64(index), value: bytes };
}

/**
 * Opens a log.db and reads what it holds in addition to its entries.
 * @throws store_damaged, storage_failed, permission_denied
 */
export async function readLogStore(fileSystem: FileSystem, path: string): Promise<LogStoreReader> {
  const refuse = damageOf(path);
  const file = await openBoltFile(fileSystem, path);
  try {
    await requireBuckets(file, refuse);
    return await readerOf(file, refuse, (work) => work());
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Opens a damaged log.db as far as it can be read: what cannot is as if it were not there, and iterating over the entries
 * fails where damage begins.
 * @throws store_damaged  nothing of it can be read
 * @throws storage_failed, permission_denied
 */
export async function salvageLogStore(fileSystem: FileSystem, path: string): Promise<LogStoreReader> {
  const file = await openBoltFile(fileSystem, path, true);
  try {
    return await readerOf(file, damageOf(path), unlessDamaged);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/** A log.db of which nothing can be read. */
export const lostLogStore: LogStoreReader = {
  currentTerm: 0n,
  lastVoteTerm: undefined,
  lastVoteCandidate: undefined,
  stableValues: new Map(),
  firstIndex: undefined,
  lastIndex: undefined,
  async *entries() {},
  async *pages() {},
  close: async () => undefined,
};

/** `reading` does what reads one thing that stands beside the entries. */
async function readerOf(
  file: BoltFile,
  refuse: RefuseDamage,
  reading: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>,
): Promise<LogStoreReader> {
  const stable = (key: string) => reading(() => file.get(stableBucket, Buffer.from(key)));
  const number = async (key: string) => decodeUint64(await stable(key), key, refuse);
  const index = async (key: () => Promise<Uint8Array | undefined>) =>
    decodeUint64(await reading(key), 'a log key', refuse);
  async function* pages(fromIndex: bigint): AsyncGenerator<readonly LogPage[], void, undefined> {
    // Behind the last index that there can be, where a damaged store may seem to end.
    if (fromIndex >= endOfUint64) return;
    for await (const leaves of file.leaves(logBucket, encodeUint64(fromIndex))) {
      yield leaves.map((leaf) => logPageOf(leaf, refuse));
    }
  }
  const candidate = await stable(stableKeys.voteCandidate);
  return {
    currentTerm: (await number(stableKeys.currentTerm)) ?? 0n,
    lastVoteTerm: await number(stableKeys.voteTerm),
    lastVoteCandidate: candidate === undefined ? undefined : Buffer.from(candidate).toString(),
    stableValues: (await reading(() => otherValues(file))) ?? new Map(),
    firstIndex: await index(() => file.firstKey(logBucket)),
    lastIndex: await index(() => file.lastKey(logBucket)),
    async *entries(fromIndex) {
      for await (const batch of pages(fromIndex)) yield* entriesOn(batch, fromIndex);
    },
    pages,
    close: () => file.close(),
  };
}

/** Their bytes are copies. */
function* entriesOn(pages: readonly LogPage[], fromIndex: bigint): Generator<StoredLogEntry, void, undefined> {
  for (const { count, entryAt } of pages) {
    for (let position = 0; position < count; position += 1) {
      const entry = entryAt(position);
      if (entry.index >= fromIndex) yield { index: entry.index, bytes: entry.bytes.slice() };
    }
  }
}

async function otherValues(file: BoltFile): Promise<ReadonlyMap<string, Uint8Array>> {
  const values = new Map<string, Uint8Array>();
  for await (const { key, value } of file.pairs(stableBucket)) {
    const name = Buffer.from(key).toString();
    if (!ownKeys.includes(name)) values.set(name, new Uint8Array(value));
  }
  return values;
}

const endOfUint64 = 1n << 64n;

/** Big-endian, so that keys sort as their numbers do (raft-boltdb v2.3 util.go). */
function encodeUint64(value: bigint): Uint8Array {
  if (value < 0n || value >= endOfUint64) throw new RangeError(`${value} is not a uint64`);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function decodeUint64(bytes: Uint8Array | undefined, name: string, refuse: RefuseDamage): bigint | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length !== 8) throw refuse(`${name} has ${bytes.length} bytes instead of 8`);
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
}
