/**
 * Where the fields of a log entry lie in its bytes, if it has the form that raft-boltdb v2.3 writes with its default options
 * (log-entry.ts). Nearly all entries do, and a log may have millions: reading them as any msgpack takes ten times as long.
 */
export interface UsualLogEntry {
  /** Numbers of up to 53 bits; a larger one is not of the usual form. */
  readonly index: number;
  readonly term: number;
  readonly type: number;
  /** The time, in seconds since the year 1 and nanoseconds; both 0 for Go's zero time. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Where the data begin and end. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

const fieldCount = 0x86;
const nil = 0xc0;
/** The lead byte of 15 bytes. */
const timeLead = 0xaf;

/** What comes before each value, and after the one before: the name of its field, with its length. */
const [appendedAt, data, extensions, index, term, type] = [
  'AppendedAt',
  'Data',
  'Extensions',
  'Index',
  'Term',
  'Type',
].map((name) => Uint8Array.of(0xa0 | name.length, ...Buffer.from(name))) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Where the time begins, 15 bytes in the form of Go's time.Time.MarshalBinary. */
const timeStart = 1 + appendedAt.length + 1;
const timeVersion = 1;

/** Undefined where the bytes are not of that form, whole and without extensions; they may still be a log entry. */
export function locateUsualLogEntry(bytes: Uint8Array): UsualLogEntry | undefined {
  const dataName = timeStart + 15;
  if (bytes[0] !== fieldCount || !follows(bytes, 1, appendedAt)) return undefined;
  if (bytes[timeStart - 1] !== timeLead || bytes[timeStart] !== timeVersion) return undefined;
  const seconds = bigEndian(bytes, timeStart + 1, 8);
  const nanoseconds = bigEndian(bytes, timeStart + 9, 4);
  if (!follows(bytes, dataName, data)) return undefined;
  const lead = dataName + data.length;
  const [dataStart, dataBytes] = raw(bytes, lead);
  const dataEnd = dataStart + dataBytes;
  if (dataBytes < 0 || !follows(bytes, dataEnd, extensions)) return undefined;
  const afterData = dataEnd + extensions.length;
  if (bytes[afterData] !== nil || !follows(bytes, afterData + 1, index)) return undefined;
  let at = afterData + 1 + index.length;
  const indexValue = unsigned(bytes, at);
  at += unsignedBytes(bytes, at);
  if (!follows(bytes, at, term)) return undefined;
  at += term.length;
  const termValue = unsigned(bytes, at);
  at += unsignedBytes(bytes, at);
  if (!follows(bytes, at, type) || bytes.length !== at + type.length + 1) return undefined;
  const typeValue = bytes[at + type.length] as number;
  if (typeValue >= 0x80 || ![indexValue, termValue, seconds].every(Number.isSafeInteger)) return undefined;
  return { seconds, nanoseconds, index: indexValue, term: termValue, type: typeValue, dataStart, dataEnd };
}

/** Whether `expected` stands at `at`. */
function follows(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let position = 0; position < expected.length; position += 1) {
    if (bytes[at + position] !== expected[position]) return false;
  }
  return true;
}

/** Where the bytes behind a lead byte begin, and how many they are; -1 where it is none of bytes. */
function raw(bytes: Uint8Array, at: number): readonly [start: number, length: number] {
  const lead = bytes[at] as number;
  if (lead === nil) return [at + 1, 0];
  if (lead >= 0xa0 && lead < 0xc0) return [at + 1, lead & 0x1f];
  if (lead === 0xda) return [at + 3, bigEndian(bytes, at + 1, 2)];
  return [at + 5, lead === 0xdb ? bigEndian(bytes, at + 1, 4) : -1];
}

/** How many bytes an unsigned integer takes with its lead byte. */
function unsignedBytes(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  return lead >= 0xcc && lead <= 0xcf ? 1 + (1 << (lead - 0xcc)) : 1;
}

/** NaN where it is none. */
function unsigned(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return lead;
  return lead >= 0xcc && lead <= 0xcf ? bigEndian(bytes, at + 1, 1 << (lead - 0xcc)) : Number.NaN;
}

function bigEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let position = at; position < at + length; position += 1) value = value * 256 + (bytes[position] as number);
  return value;
}
