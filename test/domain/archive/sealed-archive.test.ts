import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requireReadable, requireRestorable } from '../../../src/domain/archive/archive-schema.js';
import { readArchive } from '../../../src/domain/archive/read-archive.js';
import { checkSealedMetadata, type SealedMetadata } from '../../../src/domain/archive/snapshot-metadata.js';
import { sightless } from '../../../src/domain/state/snapshot-content.js';
import type { StateKeyring } from '../../../src/ports/state-keyring.js';
import { fileAt } from '../../builders/locations.js';
import { codeOf } from '../../builders/outcome.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { inSchema } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, inMemoryMetadata } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { createInMemoryKeyring, sealInMemory } from '../../fakes/in-memory-keyring.js';
import { metadata, schema } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('an archive whose state is sealed');
const keyring = createInMemoryKeyring('k1', 'secret');
const other = createInMemoryKeyring('k1', 'another');
const sealedMetadata = (changes: Partial<SealedMetadata> = {}) =>
  ({ ...inSchema({ schemaVersion: 2 }, metadata()), ...changes }) as SealedMetadata;

/** What reading such an archive gives, with the ring at hand. */
function read(ring: StateKeyring | undefined, change: (snapshot: Uint8Array) => Uint8Array = (same) => same) {
  const text = inMemoryMetadata(sealedMetadata());
  const snapshot = change(sealInMemory('k1', 'secret', snapshotOf('c-1', 2_000), text));
  const files = new Map([['/cluster', { bytes: encodeInMemoryArchive(text, snapshot), mode: 0o600 }]]);
  return readArchive(
    {
      store: createInMemoryBackupStore(files),
      archives: createInMemoryArchiveReader(),
      ...(ring === undefined ? {} : { keyring: { load: async () => ring } }),
    },
    { archive: fileAt('/cluster'), daemonVersion: undefined, fingerprint: false },
    sightless,
    new AbortController().signal,
  );
}

test('is read with its ring as a plain one is, and restores', async () => {
  const { state, verdict, seal } = await read(keyring);
  assert.is(state.kind === 'read' && state.content.kind, 'well-formed');
  assert.is(verdict.kind, 'accepted');
  assert.equal(seal, { keyId: 'k1', keyring: 'opens' });
});

test('says under which key it is sealed where there is no ring', async () => {
  const { state, verdict, seal } = await read(undefined);
  assert.is(state.kind, 'closed');
  assert.is(verdict.kind === 'refused' && verdict.refusal.code, 'schema_unsupported');
  assert.equal(seal, { keyId: 'k1', keyring: 'missing' });
});

test('is read to its end and refused where the ring is another', async () => {
  const { state, verdict, seal, file } = await read(other);
  assert.is(state.kind, 'closed');
  assert.is(verdict.kind === 'refused' && verdict.refusal.code, 'keyring_mismatch');
  assert.equal(seal, { keyId: 'k1', keyring: 'does-not-open' });
  assert.is(file.paddingBytes, 0);
});

test('is damaged where its state was changed', async () => {
  assert.is(await codeOf(read(keyring, (snapshot) => snapshot.subarray(0, -1))), 'archive_rejected');
});

test('names no key where its snapshot is no envelope', async () => {
  assert.is((await read(undefined, () => Buffer.from('something else'))).seal, undefined);
});

test('keeps the rules of a plain one, and has no field more', () => {
  const facts = checkSealedMetadata(sealedMetadata({ jacoVersion: undefined }));
  assert.is(facts.jacoVersion, '');
  assert.is(facts.clusterId, 'c-1');
  const unknown = refusalOf('archive_rejected', () => checkSealedMetadata(sealedMetadata({ unknownField: 'more' })));
  assert.match(unknown.message, 'it has a field "more", which schema 2 does not know');
  for (const fact of ['clusterId', 'snapshotIndex', 'snapshotTerm', 'takenAt'] as const) {
    const missing = refusalOf('archive_rejected', () => checkSealedMetadata(sealedMetadata({ [fact]: undefined })));
    assert.match(missing.message, / is missing\.$/);
  }
  refusalOf('snapshot_rejected', () => checkSealedMetadata(sealedMetadata({ snapshotIndex: 0n })));
  refusalOf('snapshot_rejected', () =>
    requireRestorable(schema({ schemaVersion: 2, snapshotTerm: 2n ** 64n - 1n }, keyring)),
  );
});

test('wants a store that is sealed under the same ring', () => {
  assert.is(requireReadable(schema({ schemaVersion: 2 }, keyring)).seal, keyring.seal);
});

test.run();
