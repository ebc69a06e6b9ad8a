import { sealEnvelope } from '../../src/adapters/seal/envelope.js';
import { backupSnapshot, raftCommand, raftSnapshot } from '../../src/adapters/seal/purposes.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { keyringOf } from '../builders/keyrings.js';
import { archiveSuite, type HostileArchive } from './hostile-archives.js';
import { hostileStates } from './hostile-states.js';
import { metadataJson, snapshotOf } from './sample-archive.js';
import { ring, sealedArchive, sealedMetadata, sealedSample, sealedSnapshot } from './sealed-sample.js';
import { archiveOf, tarEntry } from './tar-builder.js';

const state = snapshotOf();
const good = sealedSnapshot(state);
const [other, newer] = [keyringOf('other-ring'), keyringOf('ring-2')];
const idStart = 10;
const idBytes = ring.active.length;

/** A case of an archive with this snapshot.bin. */
function holding(
  what: string,
  snapshot: Uint8Array,
  says: string,
  code: ErrorCode = 'archive_rejected',
): HostileArchive {
  return { what, archive: sealedArchive(snapshot), code, says };
}

/** A good envelope with other bytes at one place. */
function withBytes(at: number, ...bytes: readonly number[]): Buffer {
  const changed = Buffer.from(good);
  changed.set(bytes, at);
  return changed;
}

/** A good envelope whose head names a key in another way, with this length. */
function named(id: string, length = id.length): Buffer {
  const head = Buffer.concat([good.subarray(0, 8), Buffer.of(length >> 8, length & 0xff), Buffer.from(id)]);
  return Buffer.concat([head, good.subarray(idStart + idBytes)]);
}

/** A case of a good snapshot.bin beside another meta.json than the one that it is bound to. */
function beside(what: string, metadata: string): HostileArchive {
  const says = 'meta.json or the head of snapshot.bin was changed';
  return { what, archive: sealedArchive(good, metadata), code: 'keyring_mismatch', says };
}

/** A case of a meta.json for which snapshot.bin was sealed. */
function described(what: string, replaced: Readonly<Record<string, string | undefined>>, says: string): HostileArchive {
  const metadata = metadataJson({ schema_version: '2', ...replaced });
  const archive = sealedArchive(sealedSnapshot(state, { metadata }), metadata);
  return { what, archive, code: 'archive_rejected', says };
}

const changed = 'it is not what was sealed: its bytes were changed, or cut short';
const locked = 'does not open it';

const envelopes: readonly HostileArchive[] = [
  holding('no bytes in snapshot.bin', Buffer.alloc(0), 'it ends within its seal'),
  holding('a plain state', state, 'it is not sealed'),
  holding('the beginning of an envelope alone', Buffer.from('JACOENC'), 'it ends within its seal'),
  holding('an envelope of form 2', withBytes(7, 2), 'it is sealed in the form 2'),
  holding('an envelope of form 0', withBytes(7, 0), 'it is sealed in the form 0'),
  holding('an envelope in other letters', withBytes(0, 0x6a), 'it is not sealed'),
  holding('an envelope that names no key', named(''), 'its seal names no key'),
  holding('a key id of 65 letters', named('k'.repeat(65)), 'its seal names no key'),
  holding('a key id of 65535 letters that are not there', named('k', 0xffff), 'its seal names no key'),
  holding('a key id with a line break', named('k\n'), 'its seal names no key'),
  holding('a key id that is not ASCII', named('ké'), 'its seal names no key'),
  holding(
    'a key that no ring has',
    named('other'),
    'the key other, which the keyring at hand does not hold',
    'keyring_mismatch',
  ),
  holding('a head that names a prefix of the key', named('cluster'), 'does not hold', 'keyring_mismatch'),
  holding(
    'another key of the same id',
    sealedSnapshot(state, { outer: { ring: other }, inner: { ring: other } }),
    locked,
    'keyring_mismatch',
  ),
  holding(
    'a newer key',
    sealedSnapshot(state, { outer: { ring: newer } }),
    'the key cluster-v2, which',
    'keyring_mismatch',
  ),
  holding(
    'an inner envelope under another key',
    sealedSnapshot(state, { inner: { ring: other } }),
    'in its outer seal the key cluster-v1',
    'keyring_mismatch',
  ),
  holding(
    'an inner envelope under a newer key',
    sealedSnapshot(state, { inner: { ring: newer } }),
    'in its outer seal it is sealed under the key cluster-v2',
    'keyring_mismatch',
  ),
  holding(
    'an envelope for another purpose',
    sealedSnapshot(state, { outer: { purpose: raftCommand } }),
    locked,
    'keyring_mismatch',
  ),
  holding(
    'an inner envelope for another purpose',
    sealedSnapshot(state, { inner: { purpose: raftCommand } }),
    'in its outer seal the key',
    'keyring_mismatch',
  ),
  holding(
    'a plain state in one envelope',
    Buffer.from(sealEnvelope(state, { ring, purpose: backupSnapshot(Buffer.from(sealedMetadata)) })),
    'in its outer seal it is not sealed',
  ),
  holding(
    'the inner envelope alone',
    Buffer.from(sealEnvelope(state, { ring, purpose: raftSnapshot })),
    locked,
    'keyring_mismatch',
  ),
  holding(
    'an envelope too many',
    sealedSnapshot(Buffer.from(sealEnvelope(state, { ring, purpose: raftSnapshot }))),
    'is not a well-formed state',
    'snapshot_rejected',
  ),
  holding('two envelopes, one after the other', Buffer.concat([good, good]), changed),
  holding('a byte behind the envelope', Buffer.concat([good, Buffer.of(0)]), changed),
  holding('a tag of 4 bytes', good.subarray(0, -12), changed),
  holding('a tag of 15 bytes', good.subarray(0, -1), changed),
  holding('no tag', good.subarray(0, -16), changed),
  holding(
    'zeros for the wrapped key',
    withBytes(idStart + idBytes + 12, ...Buffer.alloc(48)),
    locked,
    'keyring_mismatch',
  ),
  holding(
    'the wrapped key of another envelope',
    Buffer.concat([sealedSnapshot(state).subarray(0, idStart + idBytes + 60), good.subarray(idStart + idBytes + 60)]),
    changed,
  ),
  beside('one space more in meta.json', sealedMetadata.replace('{', '{ ')),
  beside('a line break less at the end of meta.json', sealedMetadata.trimEnd()),
  beside(
    'another order of the fields',
    `{"cluster_id":"6f1c",${sealedMetadata.slice(1).replace('"cluster_id":"6f1c",', '')}`,
  ),
  beside('a higher index in meta.json', metadataJson({ schema_version: '2', snapshot_index: '1001' })),
  beside('another cluster in meta.json', metadataJson({ schema_version: '2', cluster_id: '"other"' })),
  beside('an escape for a letter in meta.json', sealedMetadata.replace('6f1c', '\\u0036f1c')),
  described('a field that schema 2 does not have', { future: '1' }, 'future'),
  described('no cluster id', { cluster_id: undefined }, 'cluster_id is missing'),
  described('a time that is none', { taken_at: '"yesterday"' }, 'not an RFC 3339 time'),
  { ...described('index 0', { snapshot_index: '0' }, 'snapshot_index'), code: 'snapshot_rejected' },
  {
    what: 'a plain archive that says it is of schema 2',
    archive: archiveOf(tarEntry({ name: 'meta.json' }, sealedMetadata), tarEntry({ name: 'snapshot.bin' }, state)),
    code: 'archive_rejected',
    says: 'it is not sealed',
  },
];

archiveSuite(
  'sealed archives',
  [
    ...envelopes,
    // Authentic, and still nothing that a daemon could load.
    ...hostileStates.map(({ what, bytes, says }) =>
      holding(`${what}, sealed`, sealedSnapshot(bytes), says, 'snapshot_rejected'),
    ),
  ],
  [{ what: 'one that was sealed anew', archive: sealedArchive(sealedSnapshot(state)) }],
  { sealed: sealedSample },
);
