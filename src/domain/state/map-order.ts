import { advance, cursorAt, isMessage, type MessageCursor, valueEnd, varintEnd } from './message-cursor.js';
import { wireType } from './protobuf-reader.js';

/** Numbers of fields that are known to be repeated messages. Their order matters, even if they look like maps. */
export type KnownLists = readonly number[];

/** No schema has messages this deep; parsers refuse more than 100 levels (protobuf.dev, "Proto Limits"). */
const deepestLevel = 100;

/** The least that two entries take: each a number, a length, and a key and a value of two bytes each. */
const shortestMapBytes = 12;

/** The fields of a map's entry (protobuf.dev, "Encoding", "Maps"). */
const entryFields = { key: 1, value: 2 } as const;

/** An entry of a map, by its position in the record. */
interface Entry {
  readonly start: number;
  /** Where its key begins, with the key's field number. */
  readonly key: number;
  /** Where its key ends, and its value begins. */
  readonly value: number;
  readonly end: number;
}

/** Adjacent fields with one number. */
interface Run {
  number: number;
  /** Empty when not all of them can be entries of a map. */
  entries: Entry[];
}

const noEntries: Entry[] = [];
const noLists: KnownLists = [];

/**
 * Sorts the entries of every map of a message, in place and at any depth, because Go writes them in a random order.
 * Moves nothing else, so two messages give the same bytes only if they differ just in the order of map entries. The
 * message is the first `sizeBytes` of `bytes`, which must have room for as many again. Bytes that are not a message
 * stay as they are.
 *
 * Maps are recognised by their form, as newer daemons have fields that this version does not know:
 * docs/decisions/0015-records-are-compared-by-content.md has the rule and its limits.
 */
export function orderMaps(bytes: Uint8Array, sizeBytes: number, lists: KnownLists = []): void {
  orderMessage(bytes, 0, sizeBytes, sizeBytes, lists, 0);
}

/** `spare` is where the room after the whole message begins. */
function orderMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  spare: number,
  lists: KnownLists,
  level: number,
): void {
  if (end - start < shortestMapBytes || level === deepestLevel || !isMessage(bytes, start, end)) return;
  const cursor = cursorAt(bytes, start, end);
  const run: Run = { number: 0, entries: noEntries };
  while (advance(cursor)) {
    const isBytes = cursor.type === wireType.lengthDelimited;
    if (isBytes) orderMessage(bytes, cursor.value, cursor.next, spare, noLists, level + 1);
    if (isBytes && cursor.number === run.number) extend(run, cursor);
    else {
      orderRun(bytes, run.entries, spare);
      run.number = isBytes ? cursor.number : 0;
      const entry = isBytes && !lists.includes(cursor.number) ? entryAt(cursor) : undefined;
      run.entries = entry === undefined ? noEntries : [entry];
    }
  }
  orderRun(bytes, run.entries, spare);
}

function extend(run: Run, cursor: MessageCursor): void {
  if (run.entries.length === 0) return;
  const entry = entryAt(cursor);
  if (entry === undefined) run.entries = noEntries;
  else run.entries.push(entry);
}

/**
 * The map entry at the cursor; undefined if the field cannot be one. An entry is its key and then its value, and Go
 * always writes both. Numbers are in their shortest form, so that equal keys have equal bytes.
 */
function entryAt({ bytes, start, value: key, next: end }: MessageCursor): Entry | undefined {
  const keyTag = bytes[key] as number;
  if (keyTag >> 3 !== entryFields.key) return undefined;
  const value = valueEnd(bytes, keyTag % 8, key + 1, end);
  if (value < 0 || value === end) return undefined;
  const valueTag = bytes[value] as number;
  if (valueTag >> 3 !== entryFields.value || valueEnd(bytes, valueTag % 8, value + 1, end) !== end) return undefined;
  return isShortest(bytes, key + 1, end, keyTag % 8) ? { start, key, value, end } : undefined;
}

/** Whether the varint of a key, or of the length of a key, is in its shortest form. */
function isShortest(bytes: Uint8Array, at: number, end: number, type: number): boolean {
  if (type !== wireType.varint && type !== wireType.lengthDelimited) return true;
  const numberEnd = varintEnd(bytes, at, end);
  return numberEnd === at + 1 || bytes[numberEnd - 1] !== 0;
}

/** Sorts fields by key, if they are the entries of one map. */
function orderRun(bytes: Uint8Array, entries: Entry[], spare: number): void {
  if (entries.length < 2) return;
  const from = (entries[0] as Entry).start;
  const to = (entries.at(-1) as Entry).end;
  entries.sort((a, b) => compare(bytes, a.key, a.end, b.key, b.end));
  for (let position = 1; position < entries.length; position += 1) {
    if (!canFollow(bytes, entries[position - 1] as Entry, entries[position] as Entry)) return;
  }
  let at = spare;
  for (const { start, end } of entries) {
    bytes.copyWithin(at, start, end);
    at += end - start;
  }
  bytes.copyWithin(from, spare, spare + to - from);
}

/**
 * Whether two entries, adjacent in the order of their keys, can be of one map: its keys have one type, its values have
 * one type, and no key occurs twice. If a key occurs twice the last entry counts, so their order matters.
 */
function canFollow(bytes: Uint8Array, before: Entry, entry: Entry): boolean {
  if (bytes[before.key] !== bytes[entry.key] || bytes[before.value] !== bytes[entry.value]) return false;
  return compare(bytes, before.key, before.value, entry.key, entry.value) !== 0;
}

/** Which of two spans comes first in the order of their bytes. */
function compare(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const shorter = Math.min(aEnd - a, bEnd - b);
  for (let offset = 0; offset < shorter; offset += 1) {
    const difference = (bytes[a + offset] as number) - (bytes[b + offset] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - a - (bEnd - b);
}
