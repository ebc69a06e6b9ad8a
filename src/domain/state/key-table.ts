/** Numbers keys from 0 in the order in which they come, and finds the number of a key again. */
export interface KeyTable {
  /** The number of a key of at most 65,534 bytes; a new one where the key is new. */
  numberOf(key: Uint8Array): number;
  /** How many keys there are. */
  size(): number;
  /** A key by its number. A view. */
  keyAt(number: number): Uint8Array;
}

/** Before each key. */
const lengthBytes = 2;

/** Keys lie in blocks one after the other, and none in two of them. */
const blockBytes = 64 * 1024;

const firstSlots = 64;

/**
 * An empty table. Keys are compared byte by byte. `seed` is a random number of 32 bits: without it, keys could be
 * chosen that all fall into one slot.
 *
 * An open-addressing table of numbers over the bytes of the keys, because a Map of texts takes three times the memory,
 * and V8's collector follows each of its entries again and again.
 */
export function createKeyTable(seed: number): KeyTable {
  const blocks: Uint8Array[] = [];
  let usedBytes = blockBytes;
  /** Where each key begins, in all blocks. */
  let starts = new Float64Array(firstSlots);
  let size = 0;
  /** The key's number and one; 0 is free. At most half are taken. */
  let slots = new Int32Array(2 * firstSlots);

  function keyAt(number: number): Uint8Array {
    const start = starts[number] as number;
    const position = start % blockBytes;
    const block = blocks[(start - position) / blockBytes] as Uint8Array;
    return block.subarray(position + lengthBytes, position + lengthBytes + lengthAt(block, position));
  }

  /** Whether the key of a number is this one. */
  function holds(number: number, key: Uint8Array): boolean {
    const start = starts[number] as number;
    const position = start % blockBytes;
    const block = blocks[(start - position) / blockBytes] as Uint8Array;
    if (lengthAt(block, position) !== key.length) return false;
    const from = position + lengthBytes;
    for (let at = 0; at < key.length; at += 1) if (block[from + at] !== key[at]) return false;
    return true;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  function slotOf(key: Uint8Array): number {
    const mask = slots.length - 1;
    let slot = mixed(key, seed) & mask;
    for (;;) {
      const held = slots[slot] as number;
      if (held === 0 || holds(held - 1, key)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function add(key: Uint8Array): void {
    if (usedBytes + lengthBytes + key.length > blockBytes) {
      blocks.push(new Uint8Array(blockBytes));
      usedBytes = 0;
    }
    const block = blocks.at(-1) as Uint8Array;
    block[usedBytes] = key.length & 0xff;
    block[usedBytes + 1] = key.length >> 8;
    block.set(key, usedBytes + lengthBytes);
    starts[size] = (blocks.length - 1) * blockBytes + usedBytes;
    usedBytes += lengthBytes + key.length;
    size += 1;
  }

  function grow(): void {
    const more = new Float64Array(2 * starts.length);
    more.set(starts);
    starts = more;
    slots = new Int32Array(2 * slots.length);
    for (let number = 0; number < size; number += 1) slots[slotOf(keyAt(number))] = number + 1;
  }

  return {
    numberOf(key) {
      const slot = slotOf(key);
      const held = slots[slot] as number;
      if (held > 0) return held - 1;
      add(key);
      slots[slot] = size;
      const number = size - 1;
      if (size === starts.length) grow();
      return number;
    },
    size: () => size,
    keyAt,
  };
}

function lengthAt(block: Uint8Array, position: number): number {
  return (block[position] as number) + (block[position + 1] as number) * 256;
}

/** FNV-1a from a seed, and a last mixing, since only the lowest bits choose a slot. */
function mixed(key: Uint8Array, seed: number): number {
  let hash = seed;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ (key[at] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
