import { archiveSuite, refused } from './hostile-archives.js';
import {
  metadataBlocks as meta,
  metadataAs,
  snapshotBlocks as snapshot,
  snapshotAs,
  snapshotOf,
} from './sample-archive.js';
import { archiveOf, base256, paxHeader, tarEntry } from './tar-builder.js';

const stateBytes = snapshotOf().length;
const noSize = 'an entry without a readable size';
const headerOf = (type: string) => `a header of type "${type}", which no backup has`;
const setting = (key: string) => `an extended header that sets "${key}", which no backup has`;
const longHeader = (type: string, text: string) =>
  tarEntry({ name: '././@LongLink', type, format: 'gnu' }, `${text}\0`);
const extended = (text: string) => tarEntry({ name: 'PaxHeaders.0/x', type: 'x' }, text);

const numbers = [
  refused('a wrong checksum', [meta, snapshotAs({ checksum: '0000000\0' })], 'the checksum of a header is wrong'),
  refused('no checksum', [meta, snapshotAs({ checksum: '' })], 'the checksum of a header is wrong'),
  refused(
    'a checksum with something behind it',
    [meta, snapshotAs({ checksum: '0007x\0' })],
    'the checksum of a header is wrong',
  ),
  refused('a header of anything', [meta, Buffer.alloc(512, 'x'), snapshot], 'the checksum of a header is wrong'),
  refused('no size', [meta, snapshotAs({ size: '' })], noSize),
  refused('a size in words', [meta, snapshotAs({ size: 'many' })], noSize),
  refused('a size with something behind it', [meta, snapshotAs({ size: '00000000100x' })], noSize),
  refused('a decimal size', [meta, snapshotAs({ size: '00000000089\0' })], noSize),
  refused('a negative octal size', [meta, snapshotAs({ size: '-0000000100\0' })], noSize),
  refused('a negative base-256 size', [meta, snapshotAs({ size: base256(-512n) })], noSize),
  refused('a negative size of meta.json', [metadataAs({ size: base256(-1n) }), snapshot], noSize),
  refused('a size of 2^64', [meta, snapshotAs({ size: base256(2n ** 64n) })], noSize),
  refused(
    'a size that base-256 marks otherwise',
    [meta, snapshotAs({ size: Buffer.from([0x81, ...Buffer.alloc(11)]) })],
    noSize,
  ),
  refused(
    'a snapshot longer than it says',
    [meta, snapshotAs({ size: 5 }, Buffer.alloc(600, 'x'))],
    'the checksum of a header is wrong',
  ),
  refused('a snapshot shorter than it says', [meta, snapshotAs({ size: 5000 })], 'its tar is cut short'),
  refused('a meta.json longer than it says', [metadataAs({ size: 5 }), snapshot], 'it is not JSON'),
  refused('a meta.json that swallows the snapshot', [metadataAs({ size: 2048 }), snapshot], 'meta.json is unusable'),
  refused('an empty meta.json', [tarEntry({ name: 'meta.json' }), snapshot], 'it is not JSON'),
  refused(
    'a snapshot cut inside its last block',
    [meta, snapshotAs({ size: 5 })],
    'at byte 5, the snapshot ends inside a field',
    'snapshot_rejected',
  ),
  refused(
    'an octal size of 8 GiB',
    [meta, snapshotAs({ size: '77777777777\0' })],
    'more than the limit',
    'archive_too_large',
  ),
  refused(
    'a base-256 size of 2^53-1',
    [meta, snapshotAs({ size: base256(2n ** 53n - 1n) })],
    'more than the limit',
    'archive_too_large',
  ),
  refused('a meta.json of 64 KiB and a byte', [metadataAs({ size: 65537 }), snapshot], 'meta.json claims 65537 bytes'),
];

const extensions = [
  refused(
    'a pax header that renames',
    [paxHeader({ path: 'meta.json' }), metadataAs({ name: 'x' }), snapshot],
    setting('path'),
  ),
  refused('a pax header that climbs out', [paxHeader({ path: '../../x' }), meta, snapshot], setting('path')),
  refused('a pax header that links', [meta, paxHeader({ linkpath: '/etc/shadow' }), snapshot], setting('linkpath')),
  refused(
    'a pax header of another character set',
    [meta, paxHeader({ hdrcharset: 'BINARY' }), snapshot],
    setting('hdrcharset'),
  ),
  refused(
    'a pax header of a sparse file',
    [meta, paxHeader({ 'GNU.sparse.major': '1' }), snapshot],
    setting('GNU.sparse.major'),
  ),
  refused(
    'a pax header with a key that cannot be printed',
    [meta, paxHeader({ '\x1b[2J': '1' }), snapshot],
    setting('\\u{1b}[2J'),
  ),
  refused('a pax header with __proto__', [meta, paxHeader({ ['__proto__']: '1' }), snapshot], setting('__proto__')),
  ...['-1', '1e3', '0x10', '007', ' 5', '', '99999999999999999999', 'NaN'].map((size) =>
    refused(`a pax size of "${size}"`, [meta, paxHeader({ size }), snapshot], noSize),
  ),
  refused(
    'a pax size that is too large for the tar',
    [meta, paxHeader({ size: '5000' }), snapshot],
    'its tar is cut short',
  ),
  refused(
    'a pax size beyond the limit',
    [meta, paxHeader({ size: '9007199254740991' }), snapshot],
    'more than the limit',
    'archive_too_large',
  ),
  ...[
    'garbage',
    '5',
    '5 a=b',
    '99 comment=x\n',
    '-9 a=b\n\n\n',
    '7 a=b\n\n',
    '10 comment\n',
    '6 a=bc',
    '0 =\n',
    '12 comment=x\n',
  ].map((text) => refused(`a pax record of ${JSON.stringify(text)}`, [meta, extended(text), snapshot], 'its tar')),
  refused(
    'two pax headers in a row',
    [meta, paxHeader({ mtime: '1' }), paxHeader({ mtime: '1' }), snapshot],
    'extended headers that no backup has',
  ),
  refused('an empty pax header', [extended(''), meta, snapshot], 'extended headers that no backup has'),
  refused(
    'a pax header of a negative size',
    [tarEntry({ name: 'x', type: 'x', size: base256(-512n) }), meta, snapshot],
    noSize,
  ),
  refused(
    'a pax header of 4 MiB',
    [extended('x'.repeat(4 * 1024 ** 2)), meta, snapshot],
    'extended headers that no backup has',
  ),
  refused(
    'a pax header that nothing follows',
    [meta, snapshot, paxHeader({ mtime: '1' })],
    'it ends behind an extended header',
  ),
  refused('a global pax header', [paxHeader({ comment: 'x' }, 'g'), meta, snapshot], headerOf('g')),
  refused('a global pax header that renames', [paxHeader({ path: 'x' }, 'g'), meta, snapshot], headerOf('g')),
  refused('a global pax header behind the entries', [meta, snapshot, paxHeader({ size: '1' }, 'g')], headerOf('g')),
  refused('a pax header of Solaris', [paxHeader({ size: '1' }, 'X'), meta, snapshot], headerOf('X')),
  refused(
    'a GNU long name',
    [longHeader('L', 'meta.json'), metadataAs({ name: 'x', format: 'gnu' }), snapshot],
    headerOf('L'),
  ),
  refused('a GNU long name of 4 MiB', [longHeader('L', 'x'.repeat(4 * 1024 ** 2)), meta, snapshot], headerOf('L')),
  refused('a GNU long link', [longHeader('K', '/etc/shadow'), meta, snapshot], headerOf('K')),
  refused('a GNU long name behind the entries', [meta, snapshot, longHeader('L', 'x')], headerOf('L')),
  refused('a GNU long name of the oldest kind', [longHeader('N', 'meta.json'), meta, snapshot], headerOf('N')),
];

archiveSuite(
  "the headers of an archive's tar",
  [...numbers, ...extensions],
  [
    { what: "GNU tar's own format", archive: archiveOf(metadataAs({ format: 'gnu' }), snapshotAs({ format: 'gnu' })) },
    { what: 'a base-256 size', archive: archiveOf(meta, snapshotAs({ size: base256(BigInt(stateBytes)) })) },
    {
      what: 'a size padded with spaces',
      archive: archiveOf(meta, snapshotAs({ size: `${stateBytes.toString(8).padStart(11)} ` })),
    },
    {
      what: 'the pax size of a snapshot',
      archive: archiveOf(meta, paxHeader({ size: String(stateBytes) }), snapshotAs({ size: '00000000000\0' })),
    },
    {
      what: "a tool's pax times and attributes",
      archive: archiveOf(
        paxHeader({ mtime: '1.5', 'SCHILY.xattr.user.note': 'a=b\n', 'LIBARCHIVE.creationtime': '1' }),
        meta,
        snapshot,
      ),
    },
  ],
);
