import { archiveSuite, type HostileArchive } from './hostile-archives.js';
import { archiveWithMetadata, metadataJson } from './sample-archive.js';

const escapes = '\x1b[2J\x1b]0;owned\x07';

/** A case of an archive whose meta.json is this text. */
function told(what: string, text: string | Uint8Array, says: string): HostileArchive {
  return { what, archive: archiveWithMetadata(text), code: 'archive_rejected', says };
}

/** A case of an archive in whose meta.json these fields (as JSON source) are replaced. */
function replaced(
  what: string,
  fields: Readonly<Record<string, string | undefined>>,
  says: string,
  code: HostileArchive['code'] = 'archive_rejected',
): HostileArchive {
  return { what, archive: archiveWithMetadata(metadataJson(fields)), code, says };
}

const notWhole = (field: string, bits = 64) => `${field} is not a whole number from 0 to 2^${bits}-1`;
const withMember = (source: string) => metadataJson().replace('}', `,${source}}`);

const texts = [
  told('a byte order mark', `\ufeff${metadataJson()}`, 'it begins with a byte order mark'),
  told('UTF-16', Buffer.from(metadataJson(), 'utf16le'), 'it is not JSON'),
  told('invalid UTF-8', Buffer.from(metadataJson().replace('6f1c', '6f\xff1c'), 'latin1'), 'it is not UTF-8'),
  told(
    'an overlong UTF-8 encoding',
    Buffer.from(metadataJson().replace('6f1c', '\xc0\xaf'), 'latin1'),
    'it is not UTF-8',
  ),
  told(
    'a surrogate in UTF-8',
    Buffer.from(metadataJson().replace('6f1c', '\xed\xa0\x80'), 'latin1'),
    'it is not UTF-8',
  ),
  told('nothing but spaces', ' \n ', 'it is not JSON'),
  told('a NUL in the text', metadataJson().replace('6f1c', '6f\x001c'), 'it is not JSON'),
  told('a raw escape in the text', metadataJson().replace('6f1c', escapes), 'it is not JSON'),
  told('a NUL behind the document', `${metadataJson()}\0`, 'it is not JSON'),
  told('a second document', metadataJson() + metadataJson(), 'it is not JSON'),
  told('a document cut short', metadataJson().slice(0, -4), 'it is not JSON'),
  told('a comma too many', metadataJson().replace('}', ',}'), 'it is not JSON'),
  told('a comment', metadataJson().replace('{', '{/* x */'), 'it is not JSON'),
  told('single quotes', metadataJson().replaceAll('"', "'"), 'it is not JSON'),
  told('YAML', 'schema_version: 1\n', 'it is not JSON'),
  told('an array', `[${metadataJson()}]`, 'it is not an object'),
  ...['null', 'true', '1', '"text"'].map((text) => told(text, text, 'it is not an object')),
  told('an empty object', '{}', 'schema_version is missing'),
  told('deep nesting', '['.repeat(60_000), 'it is not JSON'),
  told(
    'deep nesting in a field that is ignored',
    withMember(`"x":${'['.repeat(30_000)}${']'.repeat(30_000)}`),
    'it is not JSON',
  ),
  told('a field twice', withMember('"cluster_id":"other"'), 'it gives "cluster_id" twice'),
  told('a field twice, once escaped', withMember('"cluster\\u005fid":"other"'), 'it gives "cluster_id" twice'),
  told(
    'an index twice, apart by one beyond 2^53',
    metadataJson({ snapshot_index: '9007199254740992' }).replace('}', ',"snapshot_index":9007199254740993}'),
    'it gives "snapshot_index" twice',
  ),
  told(
    'an ignored field twice with escapes in its name',
    withMember('"\\u001b[2J":1,"\\u001b[2J":2'),
    'it gives "\\u{1b}[2J" twice',
  ),
  told(
    'fields that only the prototype has',
    metadataJson({ cluster_id: undefined, ['__proto__']: '{"cluster_id":"6f1c"}' }),
    'cluster_id is missing',
  ),
];

const numbers = ['snapshot_index', 'snapshot_term'].flatMap((field) => [
  ...[
    '"1000"',
    '1.0',
    '1000.5',
    '1e3',
    '1E+3',
    '-1',
    '18446744073709551616',
    `1${'0'.repeat(60_000)}`,
    'null',
    'true',
    '[]',
    '{}',
  ].map((source) => replaced(`${field} ${source.slice(0, 24)}`, { [field]: source }, notWhole(field))),
  ...['01', '+1', '0x10', '1_000', '.5', '1.', 'NaN', 'Infinity', '--1', '-'].map((source) =>
    replaced(`${field} ${source}`, { [field]: source }, 'it is not JSON'),
  ),
  ...['0', '-0'].map((source) =>
    replaced(`${field} ${source}`, { [field]: source }, `${field} 0, which no raft snapshot has`, 'snapshot_rejected'),
  ),
  replaced(`no ${field}`, { [field]: undefined }, `${field} is missing`),
]);

const strings = ['cluster_id', 'jaco_version', 'taken_at', 'leader_at_snapshot'].flatMap((field) =>
  ['1', 'null', 'true', '["6f1c"]', '{"a":1}'].map((source) =>
    replaced(`${field} ${source}`, { [field]: source }, `${field} is not a string`),
  ),
);

const unprintable = ['cluster_id', 'jaco_version', 'leader_at_snapshot'].flatMap((field) =>
  [
    ['terminal escapes', escapes],
    ['NUL', 'a\0b'],
    ['a line feed', 'a\nsnapshot_index=1'],
    ['a C1 control', 'a\x9b2J'],
    ['a right-to-left override', 'a\u202eb'],
    ['half a surrogate pair', 'a\ud800b'],
    ['a line separator', 'a\u2028b'],
  ].map(([kind, value]) =>
    replaced(`${field} with ${kind}`, { [field]: JSON.stringify(value) }, `${field} holds control characters`),
  ),
);

const values = [
  replaced('no cluster_id', { cluster_id: undefined }, 'cluster_id is missing'),
  replaced('an empty cluster_id', { cluster_id: '""' }, 'cluster_id is empty'),
  ...['cluster_id', 'jaco_version', 'leader_at_snapshot'].map((field) =>
    replaced(
      `${field} of 513 characters`,
      { [field]: JSON.stringify('x'.repeat(513)) },
      `${field} is longer than 512 characters`,
    ),
  ),
  ...[
    '',
    'yesterday',
    '2026-05-25',
    '2026-02-30T10:00:00Z',
    '2026-05-25T24:00:01Z',
    '2026-05-25T10:00:00',
    '2026-05-25 10:00:00Z',
    '2026-05-25T10:00:00Z\n',
    '+002026-05-25T10:00:00Z',
    '1748167200',
  ].map((text) =>
    replaced(`taken_at ${JSON.stringify(text)}`, { taken_at: JSON.stringify(text) }, 'not an RFC 3339 time'),
  ),
  replaced('taken_at with terminal escapes', { taken_at: JSON.stringify(escapes) }, 'taken_at is "\\u{1b}[2J'),
  replaced(
    'taken_at of 50 KB',
    { taken_at: `"2026-05-25T10:00:00.${'1'.repeat(50_000)}Z"` },
    'taken_at is longer than 512 characters',
  ),
  ...['0', '3', '2147483647'].map((source) => ({
    ...replaced(
      `schema ${source}`,
      { schema_version: source },
      `the archive has schema ${source}; this version restores schemas 1 and 2`,
      'schema_unsupported',
    ),
    verifies: true as const,
  })),
  ...['"1"', '1.0', '-1', '2147483648', 'null'].map((source) =>
    replaced(`schema ${source}`, { schema_version: source }, notWhole('schema_version', 31)),
  ),
  {
    ...replaced('schema 2', { schema_version: '2' }, 'sealed under the keyring of its cluster', 'schema_unsupported'),
    verifies: true as const,
  },
  {
    ...told('schema 2 with nothing else', '{"schema_version":2,"cluster_id":7}', 'sealed under the keyring'),
    code: 'schema_unsupported' as const,
    verifies: true as const,
  },
];

const versions = [
  ['v1.0.0', 'major versions differ: the archive has 1, the daemon 0'],
  ['99999999999999999999.0.0', 'major versions differ'],
  ['latest', 'the archive\'s jaco_version is "latest", which is not a version'],
  ['v0.3', 'is not a version'],
  ['0.3.9\u00a0; rm -rf /', 'is not a version'],
].map(([version, says]) => ({
  ...replaced(
    `jaco_version ${version}`,
    { jaco_version: JSON.stringify(version) },
    says as string,
    'version_incompatible',
  ),
  verifies: true as const,
}));

archiveSuite(
  'the metadata of an archive',
  [...texts, ...numbers, ...strings, ...unprintable, ...values, ...versions],
  [
    {
      what: 'fields that it does not know',
      archive: archiveWithMetadata(
        withMember('"notes":{"a":[1.5e400,null]},"constructor":1,"__proto__":{"cluster_id":"x"}'),
      ),
    },
    { what: 'no leader', archive: archiveWithMetadata(metadataJson({ leader_at_snapshot: undefined })) },
    { what: 'an empty leader', archive: archiveWithMetadata(metadataJson({ leader_at_snapshot: '""' })) },
    {
      what: 'escapes for ordinary characters',
      archive: archiveWithMetadata(metadataJson({ cluster_id: '"\\u0036f1c"' })),
    },
    {
      what: 'other order and space',
      archive: archiveWithMetadata(
        `\r\n\t{\n  ${metadataJson()
          .trim()
          .slice(1, -1)
          .split(',"')
          .reverse()
          .map((member) => `"${member.replace(/^"/, '')}`)
          .join(' ,\n  ')}}\n\n`,
      ),
    },
    {
      what: 'the same field twice with the same value',
      archive: archiveWithMetadata(withMember('"cluster_id":"6f1c"')),
    },
    { what: 'a development build', archive: archiveWithMetadata(metadataJson({ jaco_version: '"dev"' })) },
  ],
);
