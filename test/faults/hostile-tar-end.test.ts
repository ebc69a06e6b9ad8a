import { gzipSync } from 'node:zlib';
import { archiveSuite, refused } from './hostile-archives.js';
import { metadataBlocks as meta, snapshotBlocks as snapshot } from './sample-archive.js';
import { archiveOf, endOfTar, tarOf } from './tar-builder.js';

const zeroBlock = Buffer.alloc(512);

function unended(what: string, tar: Uint8Array, says: string) {
  return { what, archive: gzipSync(tar), code: 'archive_rejected', says } as const;
}

const ends = [
  unended('no end blocks', Buffer.concat([meta, snapshot]), 'its tar has no proper end'),
  unended('a single end block', Buffer.concat([meta, snapshot, zeroBlock]), 'its tar has no proper end'),
  unended(
    'an end that is no whole block',
    Buffer.concat([meta, snapshot, Buffer.alloc(1025)]),
    'its tar has no proper end',
  ),
  unended('a tar cut inside a header', Buffer.concat([meta, snapshot.subarray(0, 100)]), 'its tar is cut short'),
  unended('a tar cut inside its content', Buffer.concat([meta, snapshot.subarray(0, 520)]), 'its tar is cut short'),
  unended('a tar cut behind a header', Buffer.concat([meta, snapshot.subarray(0, 512)]), 'its tar'),
  unended(
    'zeros where a header stops half-way',
    Buffer.concat([meta, snapshot, Buffer.alloc(100)]),
    'its tar is cut short',
  ),
  refused('an entry behind the end', [meta, endOfTar, snapshot], 'its tar goes on after its end'),
  refused('a second tar behind the end', [meta, snapshot, endOfTar, meta, snapshot], 'its tar goes on after its end'),
  refused('a lone zero block between the entries', [meta, zeroBlock, snapshot], 'its tar goes on after its end'),
  refused('text behind the end', [meta, snapshot, endOfTar, Buffer.alloc(512, 'x')], 'its tar goes on after its end'),
  refused(
    'more zeros than any tool writes',
    [meta, snapshot, Buffer.alloc(1024 ** 2)],
    'its tar goes on after its end',
  ),
];

archiveSuite("the end of an archive's tar", ends, [
  {
    what: 'the padding of a 10 KiB record',
    archive: gzipSync(Buffer.concat([tarOf(meta, snapshot), Buffer.alloc(10240 - 512 * 6)])),
  },
  {
    what: 'padding that is not zero',
    archive: archiveOf(Buffer.concat([meta.subarray(0, -1), Buffer.from('x')]), snapshot),
  },
]);
