import { createCrc64 } from '../../src/adapters/raft/crc64.js';
import { damageOf } from '../../src/adapters/raft/damaged-store.js';
import { decodeLogEntry, encodeLogEntry, type LogEntry } from '../../src/adapters/raft/log-entry.js';
import { encodeSnapshotMeta, parseSnapshotMeta } from '../../src/adapters/raft/snapshot-meta.js';
import type { Server } from './engine-replies.js';

/** What `peer encode` is given. Bytes are base64, numbers of 64 bits are text. */
export interface EncodeInput {
  readonly checksums: readonly string[];
  readonly snapshots: readonly SnapshotInput[];
  readonly logEntries: readonly EntryInput[];
  /** Whether raft-boltdb is to store times in the newer of its two formats. */
  readonly newTimeFormat?: boolean;
}

export interface SnapshotInput {
  readonly index: string;
  readonly term: string;
  readonly configurationIndex: string;
  readonly servers: readonly Server[];
  readonly state: string;
}

export interface EntryInput {
  readonly index: string;
  readonly term: string;
  readonly type: number;
  /** null is Go's nil, which is stored differently from empty bytes. */
  readonly data: string | null;
  readonly extensions: string | null;
  /** Nanoseconds since 1970; 0 for Go's zero time. */
  readonly appendedAt: string;
  readonly zoneSeconds: number;
}

/** The engine's encodings, in the same order. */
export interface EncodeOutput {
  /** Hexadecimal. */
  readonly checksums: readonly string[];
  readonly snapshots: readonly { readonly id: string; readonly metaJson: string }[];
  readonly logEntries: readonly string[];
}

const logEntryTypes = ['command', 'noop', 'add-peer', 'remove-peer', 'barrier', 'configuration'] as const;

/** CRC-64 of bytes given in base64, by our own code, in hexadecimal. */
export async function ourChecksum(bytes: string): Promise<string> {
  return Buffer.from(await crcOf(bytes)).toString('hex');
}

/** meta.json by our own code, under the name that the engine chose. */
export async function ourMetaJson(input: SnapshotInput, id: string): Promise<string> {
  const bytes = encodeSnapshotMeta({
    id,
    index: BigInt(input.index),
    term: BigInt(input.term),
    servers: input.servers.map((server) => ({
      suffrage: server.suffrage === 'Voter' ? 'voter' : 'nonvoter',
      id: server.id,
      address: server.address,
    })),
    configurationIndex: BigInt(input.configurationIndex),
    sizeBytes: Buffer.from(input.state, 'base64').length,
    crc: await crcOf(input.state),
  });
  return Buffer.from(bytes).toString();
}

/** meta.json of the engine, read and written again by our own code. */
export function ourMetaJsonReadBack(metaJson: string): string {
  return Buffer.from(encodeSnapshotMeta(parseSnapshotMeta(Buffer.from(metaJson), damageOf('meta.json')))).toString();
}

/** A log entry by our own code, in base64. */
export function ourLogEntry(input: EntryInput): string {
  return Buffer.from(encodeLogEntry(entryOf(input))).toString('base64');
}

/** What our own code reads from an entry that the engine stored. */
export function ourReadingOf(stored: string): LogEntry {
  const entry = decodeLogEntry(Buffer.from(stored, 'base64'), damageOf('log.db'));
  return { ...entry, data: Uint8Array.from(entry.data), extensions: Uint8Array.from(entry.extensions) };
}

/** The entry that an input describes. */
export function entryOf(input: EntryInput): LogEntry {
  return {
    index: BigInt(input.index),
    term: BigInt(input.term),
    type: logEntryTypes[input.type] ?? 'command',
    data: Uint8Array.from(Buffer.from(input.data ?? '', 'base64')),
    extensions: Uint8Array.from(Buffer.from(input.extensions ?? '', 'base64')),
    appendedAtNanoseconds: input.appendedAt === '0' ? undefined : BigInt(input.appendedAt),
  };
}

/**
 * Whether our encoder should produce the engine's bytes: it writes UTC, and nil without bytes, as in the engine's own
 * entries.
 */
export function isEncodedAlike(input: EntryInput): boolean {
  return input.zoneSeconds === 0 && input.data !== '' && input.extensions !== '';
}

async function crcOf(bytes: string): Promise<Uint8Array> {
  const crc = await createCrc64();
  crc.update(Buffer.from(bytes, 'base64'));
  return crc.digest();
}
