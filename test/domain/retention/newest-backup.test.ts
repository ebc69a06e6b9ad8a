import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CataloguedBackup } from '../../../src/domain/retention/judge-backup.js';
import { newestBackup } from '../../../src/domain/retention/newest-backup.js';
import { fileAt } from '../../builders/locations.js';
import { refusalOf } from '../refusal.js';

const test = suite('newestBackup');
const nowMs = Date.UTC(2026, 4, 26, 4);
const minute = 60_000;
const place = fileAt('/backups');

const backup = (name: string, ageMs: number, clusterId = 'c-1'): CataloguedBackup => ({
  file: { name, location: fileAt(`/backups/${name}`), identity: name, sizeBytes: 1, version: '1' },
  clusterId,
  schemaVersion: 1,
  encrypted: false,
  takenAtMs: nowMs - ageMs,
  snapshotIndex: 1n,
  snapshotTerm: 1n,
  kinds: undefined,
  verifiedAtMs: nowMs,
});

const newest = (backups: readonly CataloguedBackup[], expectedCluster?: string) =>
  newestBackup(backups, { place, expectedCluster, nowMs }).file.name;

test('is the one that was taken last, in any order', () => {
  assert.is(newest([backup('a', 3), backup('b', 1), backup('c', 2)]), 'b');
  assert.is(newest([backup('only', 1)]), 'only');
});

test('is never one from the future, but may be of a clock that is slightly ahead', () => {
  assert.is(newest([backup('future', -11 * minute), backup('now', 0)]), 'now');
  assert.is(newest([backup('ahead', -9 * minute), backup('now', 0)]), 'ahead');
});

test('is of the expected cluster', () => {
  assert.is(newest([backup('a', 1, 'c-2'), backup('b', 2)], 'c-1'), 'b');
});

test('is not guessed where there are several clusters', () => {
  const { message, remedies } = refusalOf('request_invalid', () => newest([backup('a', 1, 'c-2'), backup('b', 2)]));
  assert.is(message, '/backups holds backups of 2 clusters (c-2, c-1): which one is meant?');
  assert.equal(remedies, [{ kind: 'give-parameter', parameter: 'expectedCluster' }]);
  const many = Array.from({ length: 6 }, (_, number) => backup('a', 1, `c-${number}`));
  assert.match(refusalOf('request_invalid', () => newest(many)).message, 'c-4, …)');
});

test('is missing where there is none, and none of that cluster', () => {
  const { message } = refusalOf('archive_unreadable', () => newest([]));
  assert.is(message, '/backups holds no backup that can be recognised.');
  const other = refusalOf('archive_unreadable', () => newest([backup('a', 1)], 'c-9'));
  assert.is(other.message, '/backups holds no backup of cluster c-9 that can be recognised.');
  assert.is(other.remedies.length, 2);
});

test.run();
