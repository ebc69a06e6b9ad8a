import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { anyBackup } from './any-backup.js';
import {
  archiveWithMetadata,
  archiveWithSnapshot,
  metadataBlocks,
  metadataJson,
  sampleArchive,
  snapshotBlocks,
  snapshotOf,
} from './sample-archive.js';
import { archiveOf, base256, checksumField, endOfTar, paxHeader, tarEntry, tarHeader } from './tar-builder.js';

/** Bytes given as an archive, and how they came about. */
export interface AnyArchive {
  readonly kind: string;
  readonly archive: Uint8Array;
}

const sampleTar = gunzipSync(sampleArchive);

/** What goes into a splice besides random bytes: bytes with a meaning in one of the layers. */
const telling = [
  Buffer.alloc(512),
  endOfTar,
  metadataBlocks,
  snapshotBlocks,
  metadataBlocks.subarray(0, 512),
  snapshotBlocks.subarray(0, 512),
  paxHeader({ size: '7' }),
  sampleArchive,
  base256(-1n),
  ...['"', '{', '}', '[', ',', '\\u0000', '1e3', '-1', '18446744073709551616', '../', '\0', '\x1b[2J', '\ufeff'].map(
    (text) => Buffer.from(text),
  ),
];

interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const splices: fc.Arbitrary<readonly Splice[]> = fc.array(
  fc.record({
    at: fc.nat(1_000_000),
    remove: fc.oneof(fc.constant(0), fc.nat(8), fc.constant(512), fc.nat(2000)),
    insert: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...telling)),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Single bytes that are overwritten: place and value. */
const overwrites = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { minLength: 1, maxLength: 12 });

/** A tar block for any position: entries of all kinds, and headers that describe others. */
const block: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(metadataBlocks, snapshotBlocks) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(512), endOfTar) },
  fc
    .record({
      name: fc.constantFrom('meta.json', 'snapshot.bin', './meta.json', '../x', 'x', ''),
      type: fc.constantFrom('0', '', '1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'K', 'S', 'V', 'X', '~'),
      format: fc.constantFrom('ustar' as const, 'gnu' as const, 'v7' as const),
      content: fc.oneof(fc.constant(metadataJson()), fc.uint8Array({ maxLength: 600 })),
    })
    .map(({ content, ...fields }) => tarEntry(fields, content)),
  fc
    .record({
      name: fc.constantFrom('meta.json', 'snapshot.bin'),
      size: fc.oneof(
        fc.constantFrom(
          '',
          ' ',
          '-1',
          '0',
          '7',
          '77777777777\0',
          '0x10',
          base256(-1n),
          base256(5n),
          base256(2n ** 80n),
        ),
        fc.nat(2000),
      ),
    })
    .map((fields) => tarHeader(fields)),
  fc
    .dictionary(
      fc.constantFrom('size', 'path', 'mtime', 'comment', 'GNU.sparse.realsize', 'hdrcharset'),
      fc.oneof(fc.constantFrom('0', '1', '29', '-1', '', 'meta.json', '1e3'), fc.string()),
      { maxKeys: 2 },
    )
    .map((records) => paxHeader(records)),
);

/** Bytes that may be given as an archive: unlike any archive, or good ones with damage in any layer. */
export const anyHostileArchive: fc.Arbitrary<AnyArchive> = fc.oneof(
  kind('random bytes', fc.uint8Array({ maxLength: 600 })),
  kind('random bytes, compressed', fc.uint8Array({ maxLength: 2000 }).map(compress)),
  kind(
    'spliced gzip',
    splices.map((list) => spliced(sampleArchive, list)),
  ),
  kind(
    'overwritten gzip',
    overwrites.map((list) => overwritten(sampleArchive, list)),
  ),
  kind(
    'spliced tar',
    splices.map((list) => compress(spliced(sampleTar, list))),
  ),
  kind(
    'spliced tar of any backup',
    fc.tuple(anyBackup, splices).map(([{ archive }, list]) => compress(spliced(gunzipSync(archive), list))),
  ),
  kind(
    'overwritten tar',
    overwrites.map((list) => compress(overwritten(sampleTar, list))),
  ),
  kind(
    'overwritten headers',
    overwrites.map((list) => compress(withOverwrittenHeaders(list))),
  ),
  kind(
    'shuffled blocks',
    fc.array(block, { maxLength: 6 }).map((blocks) => archiveOf(...blocks)),
  ),
  kind(
    'spliced meta.json',
    splices.map((list) => archiveWithMetadata(spliced(Buffer.from(metadataJson()), list))),
  ),
  kind(
    'spliced state',
    splices.map((list) => archiveWithSnapshot(spliced(snapshotOf(), list))),
  ),
  kind(
    'overwritten state',
    overwrites.map((list) => archiveWithSnapshot(overwritten(snapshotOf(), list))),
  ),
);

function kind(name: string, archives: fc.Arbitrary<Uint8Array>): fc.Arbitrary<AnyArchive> {
  return archives.map((archive) => ({ kind: name, archive }));
}

function compress(tar: Uint8Array): Buffer {
  return gzipSync(tar, { level: 1 });
}

function spliced(bytes: Uint8Array, list: readonly Splice[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { at, remove, insert } of list) {
    const start = at % (result.length + 1);
    result = Buffer.concat([result.subarray(0, start), insert, result.subarray(start + remove)]);
  }
  return result;
}

function overwritten(bytes: Uint8Array, list: readonly (readonly [number, number])[]): Buffer {
  const result = Buffer.from(bytes);
  for (const [at, value] of list) result[at % result.length] = value;
  return result;
}

/** Both headers with other bytes in them and checksums that fit. */
function withOverwrittenHeaders(list: readonly (readonly [number, number])[]): Buffer {
  const blocks = [metadataBlocks, snapshotBlocks].map((entry, number) => {
    const mine = list.filter(([at]) => at % 2 === number);
    const header = mine.length === 0 ? Buffer.from(entry.subarray(0, 512)) : overwritten(entry.subarray(0, 512), mine);
    header.write(checksumField(header), 148, 'latin1');
    return Buffer.concat([header, entry.subarray(512)]);
  });
  return Buffer.concat([...blocks, endOfTar]);
}
