import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { type PruneRequest, pruneBackups } from '../../../src/domain/retention/prune-backups.js';
import { locationWord } from '../../../src/domain/values/archive-location.js';
import { fileAt } from '../../builders/locations.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { metadataWith } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, type InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';

const test = suite('what pruneBackups remembers');
const never = new AbortController().signal;
const takenOn = (day: number) => ({ takenAt: `2026-05-${day}T03:00:00Z` });
const asked: PruneRequest = {
  written: fileAt('/b/c-25'),
  metadata: metadataWith(takenOn(25)),
  encrypted: false,
  belongs: () => true,
  rule: { keep: 9, keepWithinMs: undefined },
  nowMs: Date.UTC(2026, 4, 26, 3),
};

/** Backups of 24 and 25 May, the latter just written. */
function stage() {
  const files = new Map<string, InMemoryFile>();
  for (const day of [24, 25]) {
    const metadata = metadataWith(takenOn(day));
    files.set(`/b/c-${day}`, { bytes: encodeInMemoryArchive(metadata, snapshotOf(metadata.clusterId)), mode: 0o600 });
  }
  const store = createInMemoryBackupStore(files);
  const archives = createInMemoryArchiveReader();
  const prune = (changes: Partial<PruneRequest> = {}) =>
    pruneBackups({ archives, store }, { ...asked, ...changes }, never);
  return { store, archives, prune };
}

test('remembers the one just written, so that it is known later without its key', async () => {
  const { archives, store, prune } = stage();
  await prune({ encrypted: true });
  const open: typeof store.open = async (location, ...rest) => {
    if (!locationWord(location).includes('/.')) throw new JacoError('identity_missing', 'the archive is encrypted.');
    return store.open(location, ...rest);
  };
  const later = { ...asked, written: fileAt('/b/c-26'), metadata: metadataWith(takenOn(26)) };
  const { judged, left } = await pruneBackups({ archives, store: { ...store, open } }, later, never);
  assert.equal(
    judged.map(({ backup: { file, encrypted } }) => [file.name, encrypted]),
    [
      ['c-25', true],
      ['c-24', undefined],
    ],
  );
  assert.equal(left, []);
});

test('remembers nothing of one that is gone by then', async () => {
  const { prune } = stage();
  assert.is((await prune({ written: fileAt('/b/c-99') })).failure, undefined);
});

test.run();
