import type { LogContent } from '../../ports/raft-store-seal.js';
import type { RefuseDamage } from './damaged-store.js';
import { decodeMsgpack, encodeRaw, encodeRawHeader, encodeUnsigned, type MsgpackValue } from './msgpack.js';
import { locatedNowhere, locateUsualLogEntry, type UsualLogEntry } from './usual-log-entry.js';

/** The kinds of entries. */
export type LogEntryType = LogContent['type'];

/** In the order of the engine's numbers (hashicorp/raft v1.7 log.go LogType). */
const logEntryTypes: readonly LogEntryType[] = [
  'command',
  'noop',
  'add-peer',
  'remove-peer',
  'barrier',
  'configuration',
];

/** One entry of the raft log (hashicorp/raft v1.7 log.go Log). */
export interface LogEntry extends LogContent {
  /** When the leader appended it, in nanoseconds since 1970; undefined for Go's zero time. For information only. */
  readonly appendedAtNanoseconds: bigint | undefined;
}

/** The engine's number of a kind of entry. */
export function logEntryTypeNumber(type: LogEntryType): number {
  return logEntryTypes.indexOf(type);
}

/** Seconds from Go's zero time, the start of the year 1, to 1970. */
const unixEpochSeconds = 62_135_596_800n;
const nanosecondsPerSecond = 1_000_000_000n;

/**
 * The bytes of an entry as raft-boltdb v2.3 stores them with its default options: a msgpack map of the six fields in
 * alphabetical order, AppendedAt in the form of Go's time.Time.MarshalBinary, in UTC (util.go encodeMsgPack).
 */
export function encodeLogEntry(entry: LogEntry): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(0x86),
    ...field('AppendedAt', encodeRaw(encodeGoTime(entry.appendedAtNanoseconds))),
    ...field('Data', ...rawOrNil(entry.data)),
    ...field('Extensions', ...rawOrNil(entry.extensions)),
    ...field('Index', encodeUnsigned(entry.index)),
    ...field('Term', encodeUnsigned(entry.term)),
    ...field('Type', encodeUnsigned(BigInt(logEntryTypeNumber(entry.type)))),
  ]);
}

/**
 * Reads an entry that raft-boltdb stored, in either of its two time formats. Data is a view into `bytes`.
 * @throws store_damaged (through `refuse`) the bytes are not such an entry
 */
export function decodeLogEntry(bytes: Uint8Array, refuse: RefuseDamage): LogEntry {
  const usual = locatedNowhere();
  if (locateUsualLogEntry(bytes, 0, bytes.length, usual)) {
    return {
      index: BigInt(usual.index),
      term: BigInt(usual.term),
      type: typeOf(usual.type, refuse),
      data: bytes.subarray(usual.dataStart, usual.dataEnd),
      extensions: noBytes,
      appendedAtNanoseconds: usualNanoseconds(usual),
    };
  }
  const fields = decodeMsgpack(bytes, refuse);
  if (!(fields instanceof Map)) throw refuse('a log entry is not a map of fields');
  const read = (name: string): MsgpackValue => (fields as ReadonlyMap<string, MsgpackValue>).get(name) ?? null;
  return {
    index: unsignedIn(read('Index'), 'Index', refuse),
    term: unsignedIn(read('Term'), 'Term', refuse),
    type: typeOf(Number(unsignedIn(read('Type'), 'Type', refuse)), refuse),
    data: bytesIn(read('Data'), 'Data', refuse),
    extensions: bytesIn(read('Extensions'), 'Extensions', refuse),
    appendedAtNanoseconds: decodeGoTime(bytesIn(read('AppendedAt'), 'AppendedAt', refuse), refuse),
  };
}

const noBytes = new Uint8Array(0);

function typeOf(number: number, refuse: RefuseDamage): LogEntryType {
  const type = logEntryTypes[number];
  if (type === undefined) throw refuse('a log entry is of a type that the engine does not know');
  return type;
}

function field(name: string, ...value: readonly Uint8Array[]): readonly Uint8Array[] {
  return [encodeRaw(Buffer.from(name)), ...value];
}

/** The engine writes a nil slice in entries without data, and reads nil and empty alike. */
function rawOrNil(bytes: Uint8Array): readonly Uint8Array[] {
  return bytes.length === 0 ? [encodeRaw(undefined)] : [encodeRawHeader(bytes.length), bytes];
}

function unsignedIn(value: MsgpackValue, name: string, refuse: RefuseDamage): bigint {
  if (typeof value === 'bigint' && value >= 0n) return value;
  throw refuse(`the field ${name} of a log entry is not an unsigned integer`);
}

function bytesIn(value: MsgpackValue, name: string, refuse: RefuseDamage): Uint8Array {
  if (value === null) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  throw refuse(`the field ${name} of a log entry is not bytes`);
}

/** time.Time.MarshalBinary: version 1, seconds since the year 1, nanoseconds, and the zone's minutes, of which -1 is UTC. */
function encodeGoTime(unixNanoseconds: bigint | undefined): Uint8Array {
  const since = unixNanoseconds === undefined ? 0n : unixNanoseconds + unixEpochSeconds * nanosecondsPerSecond;
  const bytes = new Uint8Array(15);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setBigInt64(1, since / nanosecondsPerSecond);
  view.setUint32(9, Number(since % nanosecondsPerSecond));
  view.setInt16(13, -1);
  return bytes;
}

/** When it was appended, in nanoseconds since 1970; undefined for Go's zero time. */
export function usualNanoseconds({
  seconds,
  nanoseconds,
}: Pick<UsualLogEntry, 'seconds' | 'nanoseconds'>): bigint | undefined {
  if (seconds === 0 && nanoseconds === 0) return undefined;
  return BigInt(seconds - Number(unixEpochSeconds)) * nanosecondsPerSecond + BigInt(nanoseconds);
}

/**
 * Besides MarshalBinary (version 2 has seconds in the zone, one byte more), raft-boltdb's option
 * MsgpackUseNewTimeFormat writes bare msgpack timestamps: 4, 8 or 12 bytes, and nil for the zero time.
 */
function decodeGoTime(bytes: Uint8Array, refuse: RefuseDamage): bigint | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (seconds: bigint, nanoseconds: bigint) => seconds * nanosecondsPerSecond + nanoseconds;
  switch (bytes.length) {
    case 0:
      return undefined;
    case 4:
      return at(BigInt(view.getUint32(0)), 0n);
    case 8:
      return at(view.getBigUint64(0) & 0x3_ffff_ffffn, view.getBigUint64(0) >> 34n);
    case 12:
      return at(view.getBigInt64(4), BigInt(view.getUint32(0)));
    case 15:
    case 16: {
      if (bytes[0] !== bytes.length - 14) break;
      const [seconds, nanoseconds] = [view.getBigInt64(1), BigInt(view.getInt32(9))];
      return seconds === 0n && nanoseconds === 0n ? undefined : at(seconds - unixEpochSeconds, nanoseconds);
    }
  }
  throw refuse('the field AppendedAt of a log entry is not a time');
}
