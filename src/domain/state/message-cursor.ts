import { lastFieldNumber, longestVarintBytes, wireType } from './protobuf-reader.js';

/**
 * A cursor on one field of a message that is whole in memory. One object serves all fields of a message, since a state
 * has millions of records.
 */
export interface MessageCursor {
  readonly bytes: Uint8Array;
  /** Where the message ends. */
  readonly end: number;
  number: number;
  type: number;
  /** Where the field begins, with its number. */
  start: number;
  /** Where its value begins: after the length, if it has one. */
  value: number;
  /** Where its value ends, and the next field begins. */
  next: number;
}

/** A cursor before the first field of the message from `start` to `end`. */
export function cursorAt(bytes: Uint8Array, start: number, end: number): MessageCursor {
  return { bytes, end, number: 0, type: 0, start, value: start, next: start };
}

/** Moves on to the next field. False at the end of the message, and where it is malformed. */
export function advance(cursor: MessageCursor): boolean {
  const { bytes, end, next: start } = cursor;
  const tagEnd = varintEnd(bytes, start, end);
  if (tagEnd < 0) return false;
  const tag = varintValue(bytes, start, tagEnd);
  const type = tag % 8;
  const number = (tag - type) / 8;
  if (number === 0 || number > lastFieldNumber) return false;
  const next = valueEnd(bytes, type, tagEnd, end);
  if (next < 0) return false;
  cursor.start = start;
  cursor.number = number;
  cursor.type = type;
  cursor.value = type === wireType.lengthDelimited ? varintEnd(bytes, tagEnd, end) : tagEnd;
  cursor.next = next;
  return true;
}

/** Whether the bytes from `start` to `end` can be read as a message. Other bytes seldom can. */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  const cursor = cursorAt(bytes, start, end);
  while (cursor.next < end) if (!advance(cursor)) return false;
  return true;
}

/** Where the value at `at`, of the wire type `type`, ends; -1 if it does not end before `end`. */
export function valueEnd(bytes: Uint8Array, type: number, at: number, end: number): number {
  let next = -1;
  if (type === wireType.lengthDelimited) {
    const value = varintEnd(bytes, at, end);
    if (value > 0) next = value + varintValue(bytes, at, value);
  } else if (type === wireType.varint) next = varintEnd(bytes, at, end);
  else if (type === wireType.fixed64) next = at + 8;
  else if (type === wireType.fixed32) next = at + 4;
  return next > end ? -1 : next;
}

/** Where the varint at `at` ends; -1 if there is no varint of at most 64 bits before `end`. */
export function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(end, at + longestVarintBytes);
  let position = at;
  while (position < last && (bytes[position] as number) >= 0x80) position += 1;
  if (position >= last) return -1;
  // The tenth byte of a 64-bit varint holds one bit.
  return position - at === longestVarintBytes - 1 && (bytes[position] as number) > 1 ? -1 : position + 1;
}

/** Exact up to 2^53, rounded beyond. */
function varintValue(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let position = end - 1; position >= at; position -= 1)
    value = value * 128 + ((bytes[position] as number) & 0x7f);
  return value;
}
