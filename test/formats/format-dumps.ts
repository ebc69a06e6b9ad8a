import { gunzipSync } from 'node:zlib';
import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import { createCrc64 } from '../../src/adapters/raft/crc64.js';
import { encodePeers } from '../../src/adapters/raft/peers.js';
import { encodeSnapshotMeta } from '../../src/adapters/raft/snapshot-meta.js';
import { decideFirstCommands } from '../../src/domain/restore/first-commands.js';
import { type RestoreMarker, renderMarker } from '../../src/domain/restore/marker.js';
import { collect, streamOf } from '../builders/byte-streams.js';
import { composedArchive } from '../builders/composed-archive.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { recordedNode } from '../domain/builders.js';
import { clusterRecord, field } from '../domain/state/state-encoder.js';
import { annotatedDump, type Region } from './annotated-dump.js';
import { dumpCommand } from './command-dump.js';
import { dumpLogEntry, dumpLogStore } from './log-store-dump.js';

const voter = { id: 'node-7', address: '10.0.0.7:7001' };
const metadata = metadataWith();

const state = Buffer.concat([
  clusterRecord(field(1, metadata.clusterId), field(2, '(PEM)'), field(3, '(PEM)')),
  field(2, Buffer.concat([field(1, 'node-1'), field(2, '10.0.0.1:7001')])),
]);

const nowMs = Date.UTC(2026, 4, 28, 20, 26, 40);

const marker: RestoreMarker = {
  clusterId: metadata.clusterId,
  snapshotIndex: metadata.snapshotIndex,
  takenAt: metadata.takenAt,
  importedAt: new Date(nowMs).toISOString(),
};

const removals = { removeNodes: ['node-1'], removeOtherNodes: false };
const firstCommands = decideFirstCommands({ voter, grpcAddress: '10.0.0.7:7000', marker, atMs: nowMs, removals }, [
  recordedNode('node-1', '10.0.0.1:7001'),
]);

/** The dumps of docs/formats.md by their names there, each made by the encoders that the program itself uses. */
export async function formatDumps(): Promise<ReadonlyMap<string, string>> {
  const archive = await collect(composedArchive(metadata, streamOf(state), state.length));
  return new Map([
    ['gzip', dumpGzip(archive)],
    ['tar', dumpTar(gunzipSync(archive))],
    ['snapshot', dumpState()],
    ['snapshot-meta', await dumpSnapshotMeta()],
    ['peers', dumpPeers()],
    ['log-store', dumpLogStore(metadata, firstCommands)],
    ['log-entry', dumpLogEntry(metadata, firstCommands)],
    ['command', dumpCommand(encodeFirstCommands(firstCommands))],
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

function dumpMarker(): string {
  const text = renderMarker(marker);
  const words = ['as in the archive', 'as in the archive, decimal', 'as in the archive, to the letter', 'UTC'];
  const lines = text.split(/(?<=\n)/);
  return annotatedDump(
    Buffer.from(text),
    lines.map((line, position) => ({ sizeBytes: line.length, says: words[position] ?? '', text: true })),
  );
}
