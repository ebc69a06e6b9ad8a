import { archiveSuite, refused } from './hostile-archives.js';
import { metadataBlocks as meta, metadataAs, snapshotBlocks as snapshot, snapshotAs } from './sample-archive.js';
import { archiveOf, type TarHeaderFields, tarEntry } from './tar-builder.js';

const extra = (fields: TarHeaderFields, content = '') => [meta, snapshot, tarEntry(fields, content)];
const noBackupHas = (name: string) => `it holds an entry "${name}" that no backup has`;
const notPlain = 'snapshot.bin is not a plain file';
const headerOf = (type: string) => `a header of type "${type}", which no backup has`;

const names = [
  refused('a path that climbs out', extra({ name: '../../etc/cron.d/x' }, 'x'), noBackupHas('../../etc/cron.d/x')),
  refused('an absolute path', extra({ name: '/etc/passwd' }, 'x'), noBackupHas('/etc/passwd')),
  refused('a path into the raft store', extra({ name: 'raft/log.db' }, 'x'), noBackupHas('raft/log.db')),
  refused('./meta.json', [metadataAs({ name: './meta.json' }), snapshot], noBackupHas('./meta.json')),
  refused(
    'meta.json in a directory',
    [metadataAs({ name: 'backup/meta.json' }), snapshot],
    noBackupHas('backup/meta.json'),
  ),
  refused(
    'meta.json with a slash behind it',
    [metadataAs({ name: 'meta.json/' }), snapshot],
    noBackupHas('meta.json/'),
  ),
  refused('META.JSON', [metadataAs({ name: 'META.JSON' }), snapshot], noBackupHas('META.JSON')),
  refused('a name that begins with NUL', [metadataAs({ name: '\0meta.json' }), snapshot], noBackupHas('')),
  refused('no name', [metadataAs({ name: '' }), snapshot], noBackupHas('')),
  refused(
    'a name that is not UTF-8',
    [metadataAs({ name: Buffer.from('meta.json\xff', 'latin1') }), snapshot],
    'entry "meta.json\ufffd"',
  ),
  refused(
    'a name that clears the screen',
    extra({ name: '\x1b[2J\x1b]0;owned\x07' }),
    noBackupHas('\\u{1b}[2J\\u{1b}]0;owned\\u{7}'),
  ),
  refused('a name with a line feed', extra({ name: 'x\nrestored 41 B' }), noBackupHas('x\\u{a}restored 41 B')),
  refused('a name of a hundred bytes', extra({ name: 'n'.repeat(100) }), 'nnn…" that no backup has'),
  refused('a prefix in front of the name', [metadataAs({ prefix: '../..' }), snapshot], noBackupHas('../../meta.json')),
];

const kinds = [
  ...Object.entries({
    '1': 'a hard link',
    '2': 'a symbolic link',
    '3': 'a character device',
    '4': 'a block device',
    '5': 'a directory',
    '6': 'a FIFO',
    '7': 'a contiguous file',
  }).flatMap(([type, kind]) => [
    refused(`${kind} in place of snapshot.bin`, [meta, snapshotAs({ type, linkName: '/etc/shadow' })], notPlain),
    refused(
      `${kind} without content in place of snapshot.bin`,
      [meta, snapshotAs({ type }, Buffer.alloc(0))],
      notPlain,
    ),
    refused(`${kind} beside the two entries`, extra({ name: 'more', type, linkName: '/' }), noBackupHas('more')),
  ]),
  refused(
    'a link that meta.json is',
    [metadataAs({ type: '2', linkName: 'snapshot.bin' }), snapshot],
    'meta.json is not a plain file',
  ),
  refused('a kind that nobody knows', [meta, snapshotAs({ type: 'Z' })], headerOf('Z')),
  refused('a kind that cannot be printed', [meta, snapshotAs({ type: '\x1b' })], headerOf('\\u{1b}')),
  refused('a GNU sparse file', [meta, snapshotAs({ type: 'S', format: 'gnu' })], headerOf('S')),
  refused('a GNU volume label', [tarEntry({ name: 'vol', type: 'V', format: 'gnu' }), meta, snapshot], headerOf('V')),
  refused('a GNU multi-volume file', [meta, snapshotAs({ type: 'M', format: 'gnu' })], headerOf('M')),
  refused('a GNU directory dump', [meta, snapshotAs({ type: 'D', format: 'gnu' })], headerOf('D')),
  refused(
    'a tar from before POSIX',
    [metadataAs({ format: 'v7' }), snapshotAs({ format: 'v7' })],
    'its tar is damaged',
  ),
];

const entries = [
  refused('a tar without entries', [], 'meta.json is missing'),
  refused('no meta.json', [snapshot], 'meta.json is missing'),
  refused('no snapshot.bin', [meta], 'snapshot.bin is missing'),
  refused('meta.json twice', [meta, meta, snapshot], 'it holds meta.json twice'),
  refused('meta.json twice, around the snapshot', [meta, snapshot, meta], 'it holds meta.json twice'),
  refused('snapshot.bin twice', [meta, snapshot, snapshot], 'it holds snapshot.bin twice'),
  refused('a third entry', extra({ name: 'notes.txt' }, 'hello'), noBackupHas('notes.txt')),
  refused(
    'a third entry in front',
    [tarEntry({ name: 'notes.txt' }, 'hello'), meta, snapshot],
    noBackupHas('notes.txt'),
  ),
];

archiveSuite(
  'the entries of an archive',
  [...names, ...kinds, ...entries],
  [
    { what: 'the entries in the other order', archive: archiveOf(snapshot, meta) },
    { what: 'files of the oldest type flag', archive: archiveOf(metadataAs({ type: '' }), snapshotAs({ type: '' })) },
    {
      what: 'something behind the NUL that ends a name',
      archive: archiveOf(metadataAs({ name: 'meta.json\0/../x' }), snapshot),
    },
    {
      what: 'other modes and owners',
      archive: archiveOf(metadataAs({ mode: '7777777\0', owner: '\x1b[31mroot' }), snapshot),
    },
    { what: 'a link name on a plain file', archive: archiveOf(metadataAs({ linkName: '/etc/shadow' }), snapshot) },
  ],
);
