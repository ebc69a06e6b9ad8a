import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { pruneBackups } from '../../../src/domain/retention/prune-backups.js';
import { locationWord } from '../../../src/domain/values/archive-location.js';
import { fileAt } from '../../builders/locations.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { metadataWith } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore, type InMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';

const test = suite('what pruneBackups cannot delete');
const never = new AbortController().signal;
const metadataOf = (day: number) => metadataWith({ takenAt: `2026-05-${day}T03:00:00Z` });

/** Backups of 20 to 25 May, the last of them just written; three are to stay. */
function stage(changes: (store: InMemoryBackupStore) => Partial<InMemoryBackupStore> = () => ({})) {
  const store = createInMemoryBackupStore();
  for (const day of [20, 21, 22, 23, 24, 25]) {
    const metadata = metadataOf(day);
    store.files.set(`/b/c-${day}`, {
      bytes: encodeInMemoryArchive(metadata, snapshotOf(metadata.clusterId)),
      mode: 0o600,
    });
  }
  const ports = { archives: createInMemoryArchiveReader(), store: { ...store, ...changes(store) } };
  const request = {
    written: fileAt('/b/c-25'),
    metadata: metadataOf(25),
    encrypted: false,
    belongs: (name: string) => name.startsWith('c-'),
    rule: { keep: 3, keepWithinMs: undefined },
    nowMs: Date.UTC(2026, 4, 25, 3),
  };
  return { store, prune: () => pruneBackups(ports, request, never) };
}

test('goes on with the rest where one cannot be deleted, and says why', async () => {
  const { prune } = stage(({ remove }) => ({
    async remove(file, signal) {
      if (file.name === 'c-20') throw new JacoError('permission_denied', 'cannot remove c-20: permission denied.');
      return remove(file, signal);
    },
  }));
  const { deleted, failed, failure } = await prune();
  assert.equal(deleted, ['/b/c-21', '/b/c-22'].map(fileAt));
  assert.equal(
    failed.map(({ location, failure: { code } }) => [location, code]),
    [[fileAt('/b/c-20'), 'permission_denied']],
  );
  assert.is(failure?.message, 'cannot remove c-20: permission denied.');
});

test('reports many that cannot be deleted in one sentence', async () => {
  const { prune, store } = stage();
  store.broken = true;
  const { failed, failure } = await prune();
  assert.is(failed.length, 3);
  assert.is(
    failure?.message,
    '3 backups could not be deleted; the first of them: cannot remove /b/c-20: the disk fails.',
  );
});

test('asks no further where no server answers, and names what is still there', async () => {
  let asked = 0;
  const { prune } = stage(() => ({
    async remove() {
      asked += 1;
      throw new JacoError('connection_failed', 'nothing answers.');
    },
  }));
  const { deleted, failed, failure } = await prune();
  assert.equal([asked, deleted, failed.length, failure?.code], [1, [], 3, 'connection_failed']);
});

test('says nothing of a file that is gone when it is read', async () => {
  const { prune } = stage((store) => ({
    async open(location, ...rest) {
      if (locationWord(location) === '/b/c-20') store.files.delete('/b/c-20');
      return store.open(location, ...rest);
    },
  }));
  const { left, deleted } = await prune();
  assert.equal([left, deleted], [[], ['/b/c-21', '/b/c-22'].map(fileAt)]);
});

test('names a file that cannot be read, nor looked at any more', async () => {
  const { prune, store } = stage(() => ({
    async stat() {
      throw new JacoError('permission_denied', 'permission denied.');
    },
  }));
  store.files.set('/b/c-01', { bytes: new Uint8Array(0), mode: 0o600 });
  const { left } = await prune();
  assert.equal(
    left.map(({ location }) => location),
    [fileAt('/b/c-01')],
  );
});

test.run();
