import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { archiveSuite } from './hostile-archives.js';
import { metadataBlocks, sampleArchive, snapshotBlocks } from './sample-archive.js';
import { tarOf } from './tar-builder.js';

const tar = tarOf(metadataBlocks, snapshotBlocks);
const emptyMember = gzipSync('');
/** How a file in a zip begins. */
const zipMagic = Buffer.from('504b0304140000000800', 'hex');

/** The sample with these flags in its gzip header, and the fields that they announce. */
function withHeader(flags: number, ...announced: readonly (string | Uint8Array)[]): Buffer {
  const head = Buffer.from(sampleArchive.subarray(0, 10));
  head[3] = flags;
  return Buffer.concat([head, ...announced.map((piece) => Buffer.from(piece)), sampleArchive.subarray(10)]);
}

function headerCrc(flags: number): Buffer {
  const head = withHeader(flags).subarray(0, 10);
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc32(head) & 0xffff);
  return crc;
}

/** The sample with another trailer. */
function withTrailer(checksum: number, sizeBytes: number): Buffer {
  const archive = Buffer.from(sampleArchive);
  archive.writeUInt32LE(checksum, archive.length - 8);
  archive.writeUInt32LE(sizeBytes, archive.length - 4);
  return archive;
}

const rejected = (what: string, archive: Uint8Array, says: string) =>
  ({ what, archive, code: 'archive_rejected', says }) as const;

archiveSuite(
  'the gzip around an archive',
  [
    rejected('an empty file', Buffer.alloc(0), 'it is empty'),
    rejected('a single byte of gzip', sampleArchive.subarray(0, 1), 'it is cut short'),
    rejected('a gzip header alone', sampleArchive.subarray(0, 10), 'it is cut short'),
    rejected('a gzip of nothing', emptyMember, 'its tar has no proper end'),
    rejected('a plain tar', tar, 'it is a tar archive that is not compressed'),
    rejected('a zip', Buffer.concat([zipMagic, deflateRawSync(tar)]), 'it is compressed with zip, not with gzip'),
    rejected('text', Buffer.from('snapshot\n'.repeat(100)), 'it is not gzip data'),
    rejected('zeros', Buffer.alloc(4096), 'it is nothing but zeros'),
    rejected(
      'a gzip of another method',
      Buffer.concat([sampleArchive.subarray(0, 2), Buffer.from([7]), sampleArchive.subarray(3)]),
      'it is not gzip data',
    ),
    rejected('an archive compressed twice', gzipSync(sampleArchive), 'it is compressed twice'),
    rejected('a missing trailer', sampleArchive.subarray(0, -8), 'it is cut short'),
    rejected('a wrong checksum', withTrailer(crc32(tar) ^ 1, tar.length), 'its checksum does not fit its content'),
    rejected('a wrong length', withTrailer(crc32(tar), tar.length + 1), 'its checksum does not fit its content'),
    rejected(
      'an archive in two gzip members',
      Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]),
      'bytes follow after its end',
    ),
    rejected('two archives in one file', Buffer.concat([sampleArchive, sampleArchive]), 'bytes follow after its end'),
    rejected(
      'an empty gzip member in front',
      Buffer.concat([emptyMember, sampleArchive]),
      'bytes follow after its end',
    ),
    rejected('an empty gzip member behind', Buffer.concat([sampleArchive, emptyMember]), 'bytes follow after its end'),
    rejected('a byte behind the end', Buffer.concat([sampleArchive, Buffer.from('x')]), 'bytes follow after its end'),
    rejected(
      'the begin of a gzip member behind the end',
      Buffer.concat([sampleArchive, Buffer.from([0x1f, 0x8b])]),
      'bytes follow after its end',
    ),
    rejected(
      'a megabyte behind the end',
      Buffer.concat([sampleArchive, Buffer.alloc(1024 ** 2, 'x')]),
      'bytes follow after its end',
    ),
    rejected('reserved flags', withHeader(0x20), 'its gzip header is damaged'),
    rejected('a wrong checksum of the gzip header', withHeader(2, 'no'), 'its gzip header is damaged'),
    rejected('a gzip header that ends in its name', withHeader(8).subarray(0, 10), 'it is cut short'),
    rejected(
      'a name in the gzip header that does not end',
      Buffer.concat([withHeader(8).subarray(0, 10), Buffer.alloc(100_000, 'x')]),
      'its gzip header does not end',
    ),
    rejected(
      'a name in the gzip header that is longer than any',
      withHeader(8, Buffer.alloc(100_000, 'x'), '\0'),
      'its gzip header does not end',
    ),
  ],
  [
    { what: 'stored blocks in place of compressed ones', archive: gzipSync(tar, { level: 0 }) },
    { what: 'a gzip header with a name, as the gzip tool writes it', archive: withHeader(8, 'cluster.tar\0') },
    {
      what: 'a gzip header with an extra field, a name and a comment',
      archive: withHeader(4 + 8 + 16, '\x03\0abc', '\0', 'from \x1b[31mred\0'),
    },
    { what: 'a gzip header with a checksum of its own', archive: withHeader(2, headerCrc(2)) },
    { what: 'a gzip header that calls the content text', archive: withHeader(1) },
  ],
);
