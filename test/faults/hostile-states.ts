import { bytesField, metadataJson, snapshotOf, varint } from './sample-archive.js';

/** What no daemon could load. */
export interface HostileState {
  /** Completes "refuses …". */
  readonly what: string;
  readonly bytes: Uint8Array;
  /** A part of the sentence that the operator reads. */
  readonly says: string;
}

const state = (what: string, bytes: Uint8Array, says: string): HostileState => ({ what, bytes, says });

const tag = (field: number, wireType: number) => varint(BigInt(field) * 8n + BigInt(wireType));
const join = (...pieces: readonly Uint8Array[]) => Buffer.concat(pieces);
const good = snapshotOf();
const noMessage = 'is not a well-formed state';
const cut = 'the snapshot ends inside a field';

/** The state inside an archive of cluster 6f1c, plain or sealed: each is refused with `snapshot_rejected`. */
export const hostileStates: readonly HostileState[] = [
  state('no state at all', Buffer.alloc(0), 'names no cluster'),
  state('a state without a cluster', bytesField(3, 'web'), 'names no cluster'),
  state('a cluster without an id', bytesField(1, bytesField(2, 'PEM')), 'names no cluster'),
  state('an empty cluster id', snapshotOf(''), 'names no cluster'),
  state('the state of another cluster', snapshotOf('other'), 'is of cluster other, but meta.json says 6f1c'),
  state('another cluster, named with terminal escapes', snapshotOf('\x1b[2J'), 'is of cluster \\u{1b}[2J, but'),
  state(
    'a second cluster record of another id',
    join(good, bytesField(1, bytesField(1, 'other'))),
    'is of cluster other',
  ),
  state('a cluster id that is not UTF-8', snapshotOf(Buffer.from([0x36, 0xff])), 'the cluster id is not UTF-8 text'),
  state('a byte order mark in front of the cluster id', snapshotOf('\ufeff6f1c'), 'is of cluster'),
  state('a cluster id of 1025 bytes', snapshotOf('x'.repeat(1025)), 'the cluster id has 1025 bytes'),
  state('text', Buffer.from('this is no protobuf message'), noMessage),
  state('zeros', Buffer.alloc(1000), 'field number 0 does not exist'),
  state('an encrypted state', Buffer.from('age-encryption.org/v1\n-> X25519 \n'), noMessage),
  state('JSON', Buffer.from(metadataJson()), noMessage),
  state('a field number that is too large', join(good, varint(1n << 32n)), 'does not exist'),
  state('an entity that is a number', join(good, tag(3, 0), varint(1n)), 'field 3 has wire type 0'),
  state('a group', join(good, tag(99, 3)), 'wire type 3 is not used'),
  state('a number of eleven bytes', join(good, Buffer.alloc(11, 0x80)), 'longer than 64 bits'),
  state('a length of 2^31', join(good, tag(3, 2), varint(2n ** 31n)), 'claims more bytes'),
  state('a length of 2^64-1', join(good, tag(3, 2), varint(2n ** 64n - 1n)), 'claims more bytes'),
  state(
    'a field longer than the cluster record',
    bytesField(1, join(tag(1, 2), varint(100n), Buffer.from('6f1c'))),
    'the cluster record ends inside',
  ),
  state(
    'a cluster record that ends in a number',
    join(bytesField(1, Buffer.from([0x0a, 0x80])), good),
    'the cluster record ends inside',
  ),
  state('a byte too many', join(good, Buffer.from([0x1a])), cut),
  state('a missing byte', good.subarray(0, -1), cut),
];
