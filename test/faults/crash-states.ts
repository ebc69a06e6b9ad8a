/**
 * What a disk may hold after a power cut. The model, which takes from a file system every promise that POSIX does not
 * make:
 *
 * - A file's bytes are durable once the file was synced. Of what was written after that, any of these may be on disk:
 *   nothing; all; the bytes up to a border of blocks; the new size with zeros from a border of blocks on (the size was
 *   journaled, the data was not); all but one block, which reads as zeros. With nothing synced the first of these is a
 *   file without bytes.
 * - A sync of a file makes its bytes, size and owner durable, but not its entry in the directory.
 * - An entry of a directory (creation, removal, rename) is durable once that directory was synced. Until then each
 *   operation is lost or kept independently of those before and after it, even in the same directory.
 *   Of two kept ones that set the same name, the later wins.
 * - A rename is one operation: both of its entries change or none does. It may be kept where the creation of what it
 *   moves was lost. A sync of either of two directories makes it durable.
 * - A sync of a directory makes its entries and its own owner durable, not what is in the files and directories that
 *   they name. A change of owner that was not synced is lost or kept on its own. A mode is set with the creation, as
 *   open and mkdir do.
 * - What a lost entry would have led to is gone with it.
 *
 * Not in the model: damage to what was durable, torn blocks, and a device that says "synced" before it is.
 */
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import { type DiskImage, type DiskNode, rootInode } from './disk-image.js';
import type { EntryChange, Operation } from './simulated-disk.js';

/** The unit in which data reaches a disk. */
export const blockBytes = 4096;

/** Up to this number every state of a crash point is made, by default. */
export const defaultStateLimit = 4096;

/** The states of one crash point. */
export interface CrashStates {
  /** The number of ways to lose and keep what was not synced. */
  readonly possible: number;
  readonly images: Iterable<DiskImage>;
}

interface EntryOperation {
  readonly changes: readonly EntryChange[];
  durable: boolean;
}

interface FileContent {
  bytes: Uint8Array;
  durableBytes: number;
}

interface Ownership {
  durable: FileOwner;
  current: FileOwner;
}

/** The fate of one thing that was not synced; the first is "lost", the last "kept". */
type Fates = readonly ((disk: Survivors) => void)[];

/** What survives of a crash, on the way to an image. */
interface Survivors {
  readonly entries: Set<EntryOperation>;
  readonly bytes: Map<number, Uint8Array>;
  readonly owners: Map<number, FileOwner>;
}

/**
 * What a crash right after the last of `operations` may leave of a disk that was `start` before the first. Of more than
 * `limit` states it makes the corners, and that many others from a generator with a fixed seed.
 */
export function crashStates(
  start: DiskImage,
  operations: readonly Operation[],
  limit: number = defaultStateLimit,
): CrashStates {
  const { made, entries, files, owners } = replay(start, operations);
  const fates: Fates[] = [];
  for (const operation of entries) {
    if (!operation.durable) fates.push([() => undefined, (disk) => disk.entries.add(operation)]);
  }
  for (const [inode, { durable, current }] of owners) {
    if (durable === current) continue;
    fates.push([durable, current].map((owner) => (disk) => disk.owners.set(inode, owner)));
  }
  for (const [inode, content] of files) {
    const survivals = survivingBytes(content);
    if (survivals.length > 1) fates.push(survivals.map((bytes) => (disk) => disk.bytes.set(inode, bytes)));
  }
  const durableEntries = entries.filter(({ durable }) => durable);
  const image = (choice: readonly number[]): DiskImage => {
    const disk: Survivors = { entries: new Set(durableEntries), bytes: new Map(), owners: new Map() };
    for (const [position, options] of fates.entries()) options[choice[position] as number]?.(disk);
    return materialise(start, made, entries, files, owners, disk);
  };
  const sizes = fates.map((options) => options.length);
  const possible = sizes.reduce((product, size) => product * size, 1);
  return { possible, images: mapped(possible <= limit ? all(sizes) : corners(sizes, limit), image) };
}

function replay(start: DiskImage, operations: readonly Operation[]) {
  const made = new Map<number, DiskNode>(start);
  const entries: EntryOperation[] = [];
  const files = new Map<number, FileContent>();
  const owners = new Map<number, Ownership>();
  const begin = (inode: number, node: DiskNode) => {
    made.set(inode, node);
    owners.set(inode, { durable: node.owner, current: node.owner });
    if (node.kind === 'file') files.set(inode, { bytes: node.bytes, durableBytes: node.bytes.length });
  };
  for (const [inode, node] of start) begin(inode, node);
  for (const operation of operations) {
    if (operation.kind === 'entries') {
      entries.push({ changes: operation.changes, durable: false });
      const inode = operation.changes.at(-1)?.inode;
      if (operation.made !== undefined && inode !== undefined) begin(inode, operation.made);
      continue;
    }
    const { inode } = operation;
    const ownership = owners.get(inode) as Ownership;
    const content = files.get(inode);
    if (operation.kind === 'owner') ownership.current = operation.owner;
    else if (operation.kind === 'write' && content !== undefined) {
      content.bytes = Buffer.concat([content.bytes, operation.bytes]);
    } else {
      ownership.durable = ownership.current;
      if (content !== undefined) content.durableBytes = content.bytes.length;
      for (const entry of entries) entry.durable ||= entry.changes.some(({ directory }) => directory === inode);
    }
  }
  return { made, entries, files, owners };
}

/** What may be on disk of a file, "nothing since the sync" first and "all" last. */
function survivingBytes({ bytes, durableBytes }: FileContent): readonly Uint8Array[] {
  if (durableBytes === bytes.length) return [bytes];
  const borders = [durableBytes];
  for (let border = blockBytes; border < bytes.length; border += blockBytes) {
    if (border > durableBytes) borders.push(border);
  }
  const zeros = (from: number, to: number) => Buffer.from(bytes).fill(0, from, to);
  return [
    ...borders.map((border) => bytes.subarray(0, border)),
    ...borders.map((border) => zeros(border, bytes.length)),
    ...borders.slice(0, -1).map((border, block) => zeros(border, borders[block + 1] as number)),
    bytes,
  ];
}

/** The reachable part of what survived. */
function materialise(
  start: DiskImage,
  made: ReadonlyMap<number, DiskNode>,
  operations: readonly EntryOperation[],
  files: ReadonlyMap<number, FileContent>,
  owners: ReadonlyMap<number, Ownership>,
  survivors: Survivors,
): DiskImage {
  const changed = new Map<number, Map<string, number>>();
  for (const operation of operations) {
    if (!survivors.entries.has(operation)) continue;
    for (const { directory, name, inode } of operation.changes) {
      const before = start.get(directory);
      const entries = changed.get(directory) ?? new Map(before?.kind === 'directory' ? before.entries : []);
      changed.set(directory, entries);
      if (inode === undefined) entries.delete(name);
      else entries.set(name, inode);
    }
  }
  const image = new Map<number, DiskNode>();
  const visit = (inode: number): void => {
    const node = made.get(inode) as DiskNode;
    const owner = survivors.owners.get(inode) ?? owners.get(inode)?.current ?? node.owner;
    if (node.kind === 'file') {
      image.set(inode, { ...node, owner, bytes: survivors.bytes.get(inode) ?? files.get(inode)?.bytes ?? node.bytes });
      return;
    }
    const entries = changed.get(inode) ?? node.entries;
    image.set(inode, { ...node, owner, entries });
    for (const child of entries.values()) visit(child);
  };
  visit(rootInode);
  return image;
}

function* mapped<From, To>(items: Iterable<From>, change: (item: From) => To): Generator<To, void, undefined> {
  for (const item of items) yield change(item);
}

/** Every choice of one option out of each. */
function* all(sizes: readonly number[]): Generator<number[], void, undefined> {
  const choice = sizes.map(() => 0);
  for (;;) {
    yield choice;
    let position = 0;
    for (; position < sizes.length; position += 1) {
      choice[position] = ((choice[position] as number) + 1) % (sizes[position] as number);
      if (choice[position] !== 0) break;
    }
    if (position === sizes.length) return;
  }
}

/** All lost, all kept, each with one exception; then `count` choices from a generator with a fixed seed. */
function* corners(sizes: readonly number[], count: number): Generator<number[], void, undefined> {
  for (const corner of [sizes.map(() => 0), sizes.map((size) => size - 1)]) {
    yield corner;
    for (const [position, size] of sizes.entries()) {
      for (let option = 0; option < size; option += 1) yield corner.with(position, option);
    }
  }
  const random = seededRandom(20_260_525);
  for (let made = 0; made < count; made += 1) yield sizes.map((size) => Math.floor(random() * size));
}

/** mulberry32: numbers from 0 up to 1, the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
