import { gunzipSync } from 'node:zlib';
import { createCrc64 } from '../../src/adapters/raft/crc64.js';
import { encodeLogStore } from '../../src/adapters/raft/log-store.js';
import { encodePeers } from '../../src/adapters/raft/peers.js';
import { encodeSnapshotMeta } from '../../src/adapters/raft/snapshot-meta.js';
import { writeBackupArchive } from '../../src/adapters/sandbox/backup-archive.js';
import { renderMarker } from '../../src/domain/marker.js';
import { collect, streamOf } from '../builders/byte-streams.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { clusterRecord, field } from '../domain/state-encoder.js';
import { annotatedDump, type Region } from './annotated-dump.js';

const voter = { id: 'node-7', address: '10.0.0.7:7001' };
const metadata = metadataWith();

const state = Buffer.concat([
  clusterRecord(field(1, metadata.clusterId), field(2, '(PEM)'), field(3, '(PEM)')),
  field(2, Buffer.concat([field(1, 'node-1'), field(2, '10.0.0.1:7001')])),
]);

/** The dumps of docs/formats.md by their names there, each made by the encoders that the program itself uses. */
export async function formatDumps(): Promise<ReadonlyMap<string, string>> {
  const archive = await collect(writeBackupArchive(metadata, streamOf(state), state.length));
  return new Map([
    ['gzip', dumpGzip(archive)],
    ['tar', dumpTar(gunzipSync(archive))],
    ['snapshot', dumpState()],
    ['snapshot-meta', await dumpSnapshotMeta()],
    ['peers', dumpPeers()],
    ['log-store', dumpLogStore(encodeLogStore({ currentTerm: metadata.snapshotTerm }))],
    ['marker', dumpMarker()],
  ]);
}

/** Compressed bytes differ between versions of zlib: shown are those that do not. */
function dumpGzip(archive: Buffer): string {
  const header = annotatedDump(archive.subarray(0, 10), [
    { sizeBytes: 2, says: 'magic of gzip (RFC 1952)' },
    { sizeBytes: 1, says: 'method 8: deflate' },
    { sizeBytes: 1, says: 'flags: no name, no comment, no extra field' },
    { sizeBytes: 4, says: 'time of the file: none' },
    { sizeBytes: 1, says: 'extra flags' },
    { sizeBytes: 1, says: 'operating system: 3 is Unix' },
  ]);
  const trailer = annotatedDump(archive.subarray(-8), [
    { sizeBytes: 4, says: 'CRC-32 of the tar, little-endian' },
    { sizeBytes: 4, says: `length of the tar, little-endian: ${gunzipSync(archive).length}` },
  ]);
  const fromTheEnd = trailer.replace(/^0000000([04])/gm, (_, at) => `    -0x${8 - Number(at)}`);
  return `${header}\n          …                                                the tar, deflated (RFC 1951)\n${fromTheEnd}`;
}

function dumpTar(tar: Buffer): string {
  const metaBytes = Number.parseInt(tar.toString('latin1', 124, 136), 8);
  return annotatedDump(tar, [
    ...tarEntry('meta.json', metaBytes),
    ...tarEntry('snapshot.bin', state.length),
    { sizeBytes: 1024, says: 'two blocks of zeros: the end' },
  ]);
}

/** The fields of a header (POSIX.1, "ustar Interchange Format"), then the content and what fills its last block. */
function tarEntry(name: string, contentBytes: number): readonly Region[] {
  const padding = (512 - (contentBytes % 512)) % 512;
  return [
    { sizeBytes: name.length, says: 'name', text: true },
    { sizeBytes: 100 - name.length, says: 'name, filled up' },
    { sizeBytes: 8, says: 'mode, octal', text: true },
    { sizeBytes: 8, says: 'user', text: true },
    { sizeBytes: 8, says: 'group', text: true },
    { sizeBytes: 12, says: `size, octal: ${contentBytes}`, text: true },
    { sizeBytes: 12, says: 'time, octal seconds since 1970', text: true },
    { sizeBytes: 8, says: 'sum of the header, octal, itself counted as spaces', text: true },
    { sizeBytes: 1, says: 'type 0: a plain file', text: true },
    { sizeBytes: 100, says: 'target of a link: none' },
    { sizeBytes: 6, says: 'magic', text: true },
    { sizeBytes: 2, says: 'version', text: true },
    { sizeBytes: 64, says: 'names of user and group: none' },
    { sizeBytes: 8, says: 'device, major', text: true },
    { sizeBytes: 8, says: 'device, minor', text: true },
    { sizeBytes: 155, says: 'front part of a long name: none' },
    { sizeBytes: 12, says: 'unused' },
    { sizeBytes: contentBytes, says: `${name} itself`, text: true },
    { sizeBytes: padding, says: 'up to the next block of 512 bytes' },
  ];
}

function dumpState(): string {
  const tagged = (says: string): Region => ({ sizeBytes: 2, says });
  return annotatedDump(state, [
    tagged('field 1, cluster: tag (1 << 3 | 2), length'),
    tagged('  field 1, cluster_id'),
    { sizeBytes: metadata.clusterId.length, says: '', text: true },
    tagged('  field 2, ca_cert'),
    { sizeBytes: 5, says: 'PEM, cut here', text: true },
    tagged('  field 3, ca_key'),
    { sizeBytes: 5, says: 'PEM, cut here', text: true },
    tagged('field 2, nodes: one node'),
    tagged('  field 1, hostname'),
    { sizeBytes: 6, says: '', text: true },
    tagged('  field 2, address of the raft transport'),
    { sizeBytes: 13, says: '', text: true },
  ]);
}

async function dumpSnapshotMeta(): Promise<string> {
  const crc = await createCrc64();
  crc.update(state);
  const bytes = encodeSnapshotMeta({
    id: '7-1000-1780000000000',
    index: metadata.snapshotIndex,
    term: metadata.snapshotTerm,
    servers: [{ suffrage: 'voter', ...voter }],
    configurationIndex: 1n,
    sizeBytes: state.length,
    crc: crc.digest(),
  });
  const words: Readonly<Record<string, string>> = {
    Version: 'of the format',
    ID: 'the name of the directory',
    Index: 'of the last entry that the state reflects',
    Term: 'of that entry',
    Peers: 'for old engines: base64 of the msgpack below',
    Configuration: 'who votes; suffrage 0 is a voter',
    ConfigurationIndex: '1: before everything the restored node will write',
    Size: 'of state.bin, in bytes',
    CRC: 'base64 of the CRC-64 of state.bin, big-endian',
  };
  const fields = Buffer.from(bytes)
    .toString()
    .split(/(?<=[,{])(?="(?:Version|ID|Index|Term|Peers|Configuration|ConfigurationIndex|Size|CRC)":)/)
    .reduce<string[]>(joinServers, []);
  return annotatedDump(
    bytes,
    fields.map((text) => ({
      sizeBytes: Buffer.byteLength(text),
      says: words[/^"([A-Za-z]+)"/.exec(text)?.[1] ?? ''] ?? '',
      text: true,
    })),
  );
}

/** Servers have an ID too, which belongs to the field Configuration. */
function joinServers(fields: string[], text: string): string[] {
  const inside = fields.at(-1)?.startsWith('"Configuration":') === true && text.startsWith('"ID"');
  return inside ? [...fields.slice(0, -1), `${fields.at(-1)}${text}`] : [...fields, text];
}

function dumpPeers(): string {
  return annotatedDump(encodePeers([voter]), [
    { sizeBytes: 1, says: '0x90 | 1: an array of one' },
    { sizeBytes: 1, says: `0xa0 | ${voter.address.length}: raw bytes, their number in the low five bits` },
    { sizeBytes: voter.address.length, says: 'the address of the voter', text: true },
  ]);
}

const pageBytes = 4096;

/** Four pages: two metas, the freelist, and the root bucket with both buckets inline. */
function dumpLogStore(file: Buffer | Uint8Array): string {
  const used = file.length - 3 * pageBytes;
  const root = rootPage();
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

function rootPage(): readonly Region[] {
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
    { sizeBytes: 8, says: `value: the term ${metadata.snapshotTerm}, big-endian` },
    { sizeBytes: 4, says: 'key', text: true },
    ...inlineHeader,
    ...pageHeader('inline page', 'flags 0x02: leaf', 'no element: the log is empty'),
  ];
}

function dumpMarker(): string {
  const text = renderMarker({
    clusterId: metadata.clusterId,
    snapshotIndex: metadata.snapshotIndex,
    takenAt: metadata.takenAt,
    importedAt: '2026-05-28T20:26:40.000Z',
  });
  const words = ['as in the archive', 'as in the archive, decimal', 'as in the archive, to the letter', 'UTC'];
  const lines = text.split(/(?<=\n)/);
  return annotatedDump(
    Buffer.from(text),
    lines.map((line, position) => ({ sizeBytes: line.length, says: words[position] ?? '', text: true })),
  );
}
