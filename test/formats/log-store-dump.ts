import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import { encodeLogEntry } from '../../src/adapters/raft/log-entry.js';
import type { StoredLogEntry } from '../../src/adapters/raft/log-page.js';
import { encodeLogStore } from '../../src/adapters/raft/log-store.js';
import type { PlainMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import { annotatedDump, type Region } from './annotated-dump.js';

const pageBytes = 4096;

/** Four pages: two metas, the freelist, and the root bucket with both buckets inline. */
export function dumpLogStore(metadata: PlainMetadata, commands: FirstCommands): string {
  const entry = entryOf(metadata, commands);
  const file = encodeLogStore({ currentTerm: metadata.snapshotTerm, entries: [entry] });
  const used = file.length - 3 * pageBytes;
  const root = rootPage(metadata, entry);
  const rootBytes = root.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return annotatedDump(file, [
    ...metaPage(0),
    ...metaPage(1),
    ...pageHeader('page 2: the freelist', 'flags 0x10: freelist', 'no page is free'),
    { sizeBytes: pageBytes - 16, says: 'unused' },
    ...root,
    { sizeBytes: used - rootBytes, says: 'unused' },
  ]);
}

function pageHeader(id: string, flags: string, count: string): readonly Region[] {
  return [
    { sizeBytes: 8, says: id },
    { sizeBytes: 2, says: flags },
    { sizeBytes: 2, says: count },
    { sizeBytes: 4, says: 'no page more belongs to it' },
  ];
}

function metaPage(transaction: number): readonly Region[] {
  return [
    ...pageHeader(`page ${transaction}: a meta page`, 'flags 0x04: meta', 'a meta page has no elements'),
    { sizeBytes: 4, says: 'magic 0xED0CDAED' },
    { sizeBytes: 4, says: 'version of the format' },
    { sizeBytes: 4, says: 'size of a page: 4096' },
    { sizeBytes: 4, says: 'flags: none' },
    { sizeBytes: 8, says: 'root bucket: its page, 3' },
    { sizeBytes: 8, says: 'root bucket: its sequence' },
    { sizeBytes: 8, says: 'page of the freelist' },
    { sizeBytes: 8, says: 'high-water mark: pages in the file' },
    { sizeBytes: 8, says: `transaction ${transaction}: the higher valid one counts` },
    { sizeBytes: 8, says: 'FNV-1a-64 of the 56 bytes before' },
    { sizeBytes: pageBytes - 80, says: 'unused' },
  ];
}

function rootPage({ snapshotTerm }: PlainMetadata, { index, bytes }: StoredLogEntry): readonly Region[] {
  const element = (name: string, flag: string, position: string): readonly Region[] => [
    { sizeBytes: 4, says: `${name}: flags ${flag}` },
    { sizeBytes: 4, says: `${name}: key at ${position} bytes from here` },
    { sizeBytes: 4, says: `${name}: length of the key` },
    { sizeBytes: 4, says: `${name}: length of the value` },
  ];
  const inlineHeader: readonly Region[] = [
    { sizeBytes: 8, says: 'bucket: root page 0, its page follows inline' },
    { sizeBytes: 8, says: 'bucket: its sequence' },
  ];
  return [
    ...pageHeader('page 3: the root bucket', 'flags 0x02: leaf', 'two elements: both buckets'),
    ...element('conf', '1: a bucket', '0x20'),
    ...element('logs', '1: a bucket', '0x57'),
    { sizeBytes: 4, says: 'key', text: true },
    ...inlineHeader,
    ...pageHeader('inline page', 'flags 0x02: leaf', 'one element'),
    ...element('CurrentTerm', '0: a value', '0x10'),
    { sizeBytes: 11, says: 'key', text: true },
    { sizeBytes: 8, says: `value: the term ${snapshotTerm}, big-endian` },
    { sizeBytes: 4, says: 'key', text: true },
    ...inlineHeader,
    ...pageHeader('inline page', 'flags 0x02: leaf', 'one element'),
    ...element('the entry', '0: a value', '0x10'),
    { sizeBytes: 8, says: `key: the index ${index}, big-endian` },
    { sizeBytes: bytes.length, says: 'value: the log entry, taken apart below', left: true },
  ];
}

/** The entry after the snapshot. */
function entryOf({ snapshotIndex, snapshotTerm }: PlainMetadata, commands: FirstCommands): StoredLogEntry {
  const index = snapshotIndex + 1n;
  const data = encodeFirstCommands(commands);
  const appendedAtNanoseconds = BigInt(commands.atMs) * 1_000_000n;
  const bare = { index, term: snapshotTerm, type: 'command', extensions: new Uint8Array(0) } as const;
  return { index, bytes: encodeLogEntry({ ...bare, data, appendedAtNanoseconds }) };
}

/** The value that bbolt keeps: msgpack of the engine's Log. */
export function dumpLogEntry(metadata: PlainMetadata, commands: FirstCommands): string {
  const { bytes } = entryOf(metadata, commands);
  const name = (text: string): Region => ({ sizeBytes: 1 + text.length, says: '', text: true });
  const dataBytes = encodeFirstCommands(commands).length;
  return annotatedDump(bytes, [
    { sizeBytes: 1, says: '0x80 | 6: a map of six' },
    name('AppendedAt'),
    { sizeBytes: 1, says: '0xa0 | 15: raw bytes' },
    { sizeBytes: 1, says: "version 1 of Go's time.Time" },
    { sizeBytes: 8, says: 'seconds since the year 1, big-endian: when the restore ran' },
    { sizeBytes: 4, says: 'nanoseconds' },
    { sizeBytes: 2, says: 'zone: -1 is UTC' },
    name('Data'),
    { sizeBytes: 3, says: `raw bytes: ${dataBytes}` },
    { sizeBytes: dataBytes, says: 'the command, taken apart below', left: true },
    name('Extensions'),
    { sizeBytes: 1, says: 'nil' },
    name('Index'),
    { sizeBytes: 3, says: `uint16: ${metadata.snapshotIndex + 1n}` },
    name('Term'),
    { sizeBytes: 1, says: `${metadata.snapshotTerm}` },
    name('Type'),
    { sizeBytes: 1, says: '0: a command' },
  ]);
}
