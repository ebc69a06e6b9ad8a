/**
 * Where the fields of a log entry lie, if it has the form that raft-boltdb v2.3 writes with its default options
 * (log-entry.ts). Nearly all entries do, and a log may have millions: reading them as any msgpack takes ten times as long.
 * One object serves them all.
 */
export interface UsualLogEntry {
  /** Numbers of up to 53 bits; a larger one is not of the usual form. */
  index: number;
  term: number;
  type: number;
  /** The time, in seconds since the year 1 and nanoseconds; both 0 for Go's zero time. */
  seconds: number;
  nanoseconds: number;
  /** Where the data begin and end. */
  dataStart: number;
  dataEnd: number;
}

/** One that {@link locateUsualLogEntry} has not filled yet. */
export function locatedNowhere(): UsualLogEntry {
  return { index: 0, term: 0, type: 0, seconds: 0, nanoseconds: 0, dataStart: 0, dataEnd: 0 };
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
const timeBytes = 15;

/**
 * Reads the entry from `start` to `end` into `found`. False where the bytes are not of that form, whole and without extensions;
 * they may still be a log entry.
 */
export function locateUsualLogEntry(bytes: Uint8Array, start: number, end: number, found: UsualLogEntry): boolean {
  const time = start + timeStart;
  if (end - time < timeBytes || bytes[start] !== fieldCount || !follows(bytes, start + 1, appendedAt)) return false;
  if (bytes[time - 1] !== timeLead || bytes[time] !== timeVersion) return false;
  const lead = time + timeBytes + data.length;
  if (!follows(bytes, time + timeBytes, data)) return false;
  const dataStart = rawStart(bytes, lead);
  const dataEnd = dataStart + rawBytes(bytes, lead);
  // Also where it is not a number: there are no bytes, or none that end here.
  if (!(dataEnd < end) || !follows(bytes, dataEnd, extensions)) return false;
  const indexName = dataEnd + extensions.length + 1;
  if (bytes[indexName - 1] !== nil || !follows(bytes, indexName, index)) return false;
  const indexAt = indexName + index.length;
  const termName = indexAt + unsignedBytes(bytes, indexAt);
  if (!follows(bytes, termName, term)) return false;
  const termAt = termName + term.length;
  const typeName = termAt + unsignedBytes(bytes, termAt);
  const typeAt = typeName + type.length;
  if (!follows(bytes, typeName, type) || typeAt + 1 !== end || (bytes[typeAt] as number) >= 0x80) return false;
  found.index = unsigned(bytes, indexAt);
  found.term = unsigned(bytes, termAt);
  found.type = bytes[typeAt] as number;
  found.seconds = bigEndian(bytes, time + 1, 8);
  found.nanoseconds = bigEndian(bytes, time + 9, 4);
  found.dataStart = dataStart;
  found.dataEnd = dataEnd;
  return Number.isSafeInteger(found.index) && Number.isSafeInteger(found.term) && Number.isSafeInteger(found.seconds);
}

/** Whether `expected` stands at `at`. */
function follows(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let position = 0; position < expected.length; position += 1) {
    if (bytes[at + position] !== expected[position]) return false;
  }
  return true;
}

/** Where the bytes behind a lead byte begin. */
function rawStart(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead === 0xda) return at + 3;
  return lead === 0xdb ? at + 5 : at + 1;
}

/** How many bytes the lead byte at `at` announces; NaN where it is none of bytes. */
function rawBytes(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead === nil) return 0;
  if (lead >= 0xa0 && lead < 0xc0) return lead & 0x1f;
  if (lead === 0xda) return bigEndian(bytes, at + 1, 2);
  return lead === 0xdb ? bigEndian(bytes, at + 1, 4) : Number.NaN;
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
