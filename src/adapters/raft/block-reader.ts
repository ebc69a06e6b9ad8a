import type { OpenFile } from '../filesystem/file-system.js';

/** How much is read at once. Pages that follow each other in a tree of bbolt mostly do so in the file as well. */
const blockBytes = 1024 * 1024;
/** How many blocks stay in memory. */
const keptBlocks = 6;

/**
 * Positioned reads of a file through blocks. What is returned are views, which hold until the next call but one of `read`: the
 * memory of blocks is used again, as memory outside V8's heap is slow to be collected.
 */
export interface BlockReader {
  /** The bytes if they are in memory, all of them, in one block. */
  inMemory(position: number, length: number): Uint8Array | undefined;
  /**
   * The bytes, fewer only at the end of the file.
   * @throws what the file throws
   */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Resolves once no read runs. */
  idle(): Promise<void>;
}

/** Reads `file` in blocks, and ahead where it is read in file order. */
export function createBlockReader(file: OpenFile): BlockReader {
  /** In the order in which they were read. */
  const kept = new Map<number, Uint8Array>();
  const spent: Uint8Array[] = [];
  let ahead: { readonly block: number; readonly bytes: Promise<Uint8Array | undefined> } | undefined;

  /** Undefined where the disk fails: only what is wanted of the block counts. */
  async function readBlock(block: number): Promise<Uint8Array | undefined> {
    const spentBlock = spent.pop();
    const buffer = spentBlock === undefined ? new Uint8Array(blockBytes) : new Uint8Array(spentBlock.buffer);
    return fill(file, buffer, block * blockBytes).catch(() => undefined);
  }

  async function load(block: number): Promise<void> {
    if (ahead !== undefined) keep(ahead.block, await ahead.bytes);
    ahead = undefined;
    if (!kept.has(block)) keep(block, await readBlock(block));
    if (kept.has(block - 1) && !kept.has(block + 1)) ahead = { block: block + 1, bytes: readBlock(block + 1) };
  }

  function keep(block: number, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) return;
    kept.set(block, bytes);
    const [oldest] = kept.keys();
    if (kept.size <= keptBlocks || oldest === undefined) return;
    spent.push(kept.get(oldest) as Uint8Array);
    kept.delete(oldest);
  }

  function inMemory(position: number, length: number): Uint8Array | undefined {
    const block = Math.floor(position / blockBytes);
    const start = position - block * blockBytes;
    const bytes = kept.get(block);
    return bytes === undefined || start + length > bytes.length ? undefined : bytes.subarray(start, start + length);
  }

  return {
    inMemory,
    async read(position, length) {
      const block = Math.floor(position / blockBytes);
      // What spans blocks is large, or one of few.
      if (position + length > (block + 1) * blockBytes) return readAt(file, position, length);
      if (!kept.has(block)) await load(block);
      return inMemory(position, length) ?? readAt(file, position, length);
    },
    async idle() {
      await ahead?.bytes;
    },
  };
}

/** Reads `length` bytes at `position`, fewer only at the end of the file. */
export function readAt(file: OpenFile, position: number, length: number): Promise<Uint8Array> {
  return fill(file, new Uint8Array(length), position);
}

async function fill(file: OpenFile, buffer: Uint8Array, position: number): Promise<Uint8Array> {
  let filled = 0;
  while (filled < buffer.length) {
    const count = await file.read(filled === 0 ? buffer : buffer.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled === buffer.length ? buffer : buffer.subarray(0, filled);
}
