import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkMetadata,
  instantOf,
  metadataSizeLimitBytes,
  type SnapshotFacts,
} from '../../../src/domain/archive/snapshot-metadata.js';
import { metadata } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('snapshot metadata');

test('has at most 64 KiB, as the formats say', () => {
  assert.is(metadataSizeLimitBytes, 65_536);
});

for (const [what, changes] of [
  ['what today’s daemon writes', {}],
  ['no leader', { leaderAtSnapshot: undefined }],
  ['no version', { jacoVersion: '' }],
  ['the largest index and term', { snapshotIndex: 2n ** 64n - 1n, snapshotTerm: 2n ** 64n - 1n }],
  ['a time of 512 characters', { takenAt: `2026-05-25T10:00:00.${'0'.repeat(491)}Z` }],
  ['a cluster id of 512 characters', { clusterId: 'c'.repeat(512) }],
  ['a cluster id beyond ASCII', { clusterId: 'größe-😀' }],
  ['nanoseconds', { takenAt: '2026-05-25T10:00:00.123456789Z' }],
] as const) {
  test(`may hold ${what}`, () => {
    assert.not.throws(() => checkMetadata(metadata(changes)));
  });
}

for (const [what, code, changes, reason] of [
  ['no cluster id', 'archive_rejected', { clusterId: '' }, 'cluster_id is empty'],
  ['a line break in the cluster id', 'archive_rejected', { clusterId: 'a\nb' }, 'cluster_id holds control characters'],
  ['an escape sequence in the version', 'archive_rejected', { jacoVersion: 'v1\u001b' }, 'jaco_version holds control'],
  ['an override in the leader', 'archive_rejected', { leaderAtSnapshot: '\u202e' }, 'leader_at_snapshot holds control'],
  ['513 characters of cluster id', 'archive_rejected', { clusterId: 'c'.repeat(513) }, 'cluster_id is longer than 512'],
  [
    '513 characters of time',
    'archive_rejected',
    { takenAt: `2026-05-25T03:00:00.${'0'.repeat(492)}Z` },
    'taken_at is longer',
  ],
  ['513 characters of version', 'archive_rejected', { jacoVersion: '1'.repeat(513) }, 'jaco_version is longer than'],
  ['513 characters of leader', 'archive_rejected', { leaderAtSnapshot: 'a'.repeat(513) }, 'leader_at_snapshot is long'],
  ['a time that is none', 'archive_rejected', { takenAt: 'yester\u0007day' }, 'taken_at is "yester\\u{7}day"'],
  ['index 0', 'snapshot_rejected', { snapshotIndex: 0n }, 'snapshot_index 0'],
  ['term 0', 'snapshot_rejected', { snapshotTerm: 0n }, 'snapshot_term 0'],
] as const satisfies readonly (readonly [string, string, Partial<SnapshotFacts>, string])[]) {
  test(`is refused with ${what}`, () => {
    const refusal = refusalOf(code, () => checkMetadata(metadata(changes)));
    assert.ok(refusal.message.includes(reason), refusal.message);
    assert.match(JSON.stringify(refusal.remedies), 'another archive');
  });
}

for (const [text, instant] of [
  ['1970-01-01T00:00:00Z', 0],
  ['2026-05-25T10:00:00Z', Date.UTC(2026, 4, 25, 10)],
  ['2026-05-25t10:00:00z', Date.UTC(2026, 4, 25, 10)],
  ['2026-05-25T10:00:00.5Z', Date.UTC(2026, 4, 25, 10, 0, 0, 500)],
  ['2026-05-25T10:00:00.123999999Z', Date.UTC(2026, 4, 25, 10, 0, 0, 123)],
  ['2026-05-25T10:00:00+02:00', Date.UTC(2026, 4, 25, 8)],
  ['2026-05-25T10:00:00-00:30', Date.UTC(2026, 4, 25, 10, 30)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
  ['2016-12-31T23:59:60.7Z', Date.UTC(2016, 11, 31, 23, 59, 59, 700)],
  ['0000-02-29T00:00:00Z', -62162121600000],
  ['9999-12-31T23:59:59Z', 253402300799000],
] as const) {
  test(`reads ${text} as an instant`, () => {
    assert.is(instantOf(text), instant);
  });
}

for (const text of [
  '',
  '2026-05-25',
  '2026-05-25 10:00:00Z',
  '2026-05-25T10:00Z',
  '2026-05-25T10:00:00',
  '2026-05-25T10:00:00.Z',
  '2026-05-25T10:00:00+0200',
  '2026-05-25T10:00:00Z\n',
  '26-05-25T10:00:00Z',
  '2026-00-25T10:00:00Z',
  '2026-13-25T10:00:00Z',
  '2026-05-00T10:00:00Z',
  '2026-05-32T10:00:00Z',
  '2026-02-29T10:00:00Z',
  '1900-02-29T10:00:00Z',
  '2026-05-25T24:00:00Z',
  '2026-05-25T10:60:00Z',
  '2026-05-25T10:00:61Z',
  '2026-05-25T10:00:00+24:00',
  '2026-05-25T10:00:00+00:60',
]) {
  test(`does not take ${JSON.stringify(text)} for an instant`, () => {
    assert.is(instantOf(text), undefined);
  });
}

test('knows no instant where there is no text', () => {
  assert.is(instantOf(undefined), undefined);
});

test('reads back every instant that a clock writes', () => {
  const time = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(time, (date) => {
      assert.is(instantOf(date.toISOString()), date.getTime());
    }),
  );
});

test.run();
