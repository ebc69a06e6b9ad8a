import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reencryptBackup } from '../../../src/domain/archive/reencrypt-backup.js';
import type { SealedMetadata } from '../../../src/domain/archive/snapshot-metadata.js';
import type { BackupStore } from '../../../src/ports/backup-store.js';
import type { StateKeyring } from '../../../src/ports/state-keyring.js';
import { collect, streamOf } from '../../builders/byte-streams.js';
import { fileAt } from '../../builders/locations.js';
import { codeOf } from '../../builders/outcome.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { inSchema } from '../../builders/snapshot-metadata.js';
import { encodeInMemoryArchive, inMemoryMetadata, walkInMemoryArchive } from '../../fakes/in-memory-archive.js';
import { inMemoryArchiveComposer } from '../../fakes/in-memory-archive-composer.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore, type InMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { createInMemoryKeyring, sealInMemory } from '../../fakes/in-memory-keyring.js';
import { metadata } from '../builders.js';

const test = suite('re-encrypting a backup');
const old = createInMemoryKeyring('k1', 'secret');
const next = createInMemoryKeyring('k2', 'another secret');
const state = snapshotOf('c-1', 2_000);
const sealedText = inMemoryMetadata(inSchema({ schemaVersion: 2 }, metadata()) as SealedMetadata);
const plain = (content: Uint8Array = state) => encodeInMemoryArchive(metadata(), content);
const sealed = (content: Uint8Array = state) =>
  encodeInMemoryArchive(sealedText, sealInMemory('k1', 'secret', content, sealedText));

interface Wish {
  readonly ring?: StateKeyring | undefined;
  readonly allowsPlain?: boolean;
  readonly change?: (store: InMemoryBackupStore) => Partial<BackupStore>;
}

function storeWith(archive: Uint8Array): InMemoryBackupStore {
  return createInMemoryBackupStore(new Map([['/old', { bytes: archive, mode: 0o600 }]]));
}

function reencrypt(store: InMemoryBackupStore, { ring = old, allowsPlain = false, change = () => ({}) }: Wish = {}) {
  return reencryptBackup(
    {
      store: { ...store, ...change(store) },
      archives: createInMemoryArchiveReader(),
      keyring: { load: async () => ring },
      nextKeyring: { load: async () => next },
      writer: store,
      composer: inMemoryArchiveComposer,
    },
    { archive: fileAt('/old'), destination: fileAt('/new'), allowsPlain, dataDirectory: '/data' },
    new AbortController().signal,
  );
}

/** What the new backup holds under the next ring. */
async function written(store: InMemoryBackupStore) {
  const walk = walkInMemoryArchive(Number.POSITIVE_INFINITY);
  const snapshot = walk.feed(store.files.get('/new')?.bytes as Uint8Array);
  const { metadataBytes } = walk.finish();
  return { metadataBytes, state: await collect(next.openSnapshot(streamOf(snapshot), metadataBytes)) };
}

test('keeps the state and the bytes of the metadata of a sealed one, under the next ring', async () => {
  const store = storeWith(sealed());
  const { from, keyId, facts } = await reencrypt(store);
  assert.equal([from, keyId, facts.clusterId], ['sealed', 'k2', 'c-1']);
  const now = await written(store);
  assert.ok(now.state.equals(state));
  assert.ok(Buffer.from(now.metadataBytes).equals(sealedText));
  assert.equal(store.files.get('/old')?.bytes, sealed());
});

test('seals a plain one where that is allowed, and says schema 2 of it', async () => {
  const store = storeWith(plain());
  assert.is((await reencrypt(store, { allowsPlain: true })).from, 'plain');
  const now = await written(store);
  assert.ok(now.state.equals(state));
  assert.match(Buffer.from(now.metadataBytes).toString(), '"schemaVersion":2');
});

test('does not seal a plain one unasked', async () => {
  const store = storeWith(plain());
  assert.is(await codeOf(reencrypt(store)), 'schema_unsupported');
  assert.not.ok(store.files.has('/new'));
});

test('does not seal a plain one of which it does not know a field', async () => {
  const store = storeWith(plain(Buffer.concat([state, Buffer.from([0x9a, 0x01, 0x00])])));
  assert.is(await codeOf(reencrypt(store, { allowsPlain: true })), 'snapshot_rejected');
  const authentic = storeWith(sealed(Buffer.concat([state, Buffer.from([0x9a, 0x01, 0x00])])));
  assert.is((await reencrypt(authentic)).from, 'sealed');
});

test('leaves nothing where the ring does not open it, or the state is of another cluster', async () => {
  const store = storeWith(sealed());
  assert.is(await codeOf(reencrypt(store, { ring: next })), 'keyring_mismatch');
  const foreign = storeWith(sealed(snapshotOf('c-2', 2_000)));
  assert.is(await codeOf(reencrypt(foreign)), 'snapshot_rejected');
  assert.equal([...store.files.keys(), ...foreign.files.keys()], ['/old', '/old']);
});

test('replaces nothing, whether it was there before or came meanwhile', async () => {
  const store = storeWith(sealed());
  store.files.set('/new', { bytes: Buffer.from('kept'), mode: 0o600 });
  assert.is(await codeOf(reencrypt(store)), 'archive_exists');
  assert.is(String(store.files.get('/new')?.bytes), 'kept');
  const late = storeWith(sealed());
  let looks = 0;
  const change = () => ({ stat: async () => (++looks === 1 ? undefined : { sizeBytes: 4 }) });
  assert.is(await codeOf(reencrypt(late, { change })), 'archive_exists');
  assert.not.ok(late.files.has('/new'));
});

for (const [what, later] of [
  ['other metadata', () => plain()],
  ['a shorter state', () => sealed(snapshotOf('c-1', 1_000))],
  ['a longer state', () => sealed(snapshotOf('c-1', 3_000))],
] as const) {
  test(`leaves nothing where the archive has ${what} at the second reading`, async () => {
    const store = storeWith(sealed());
    let readings = 0;
    const change = (): Partial<BackupStore> => ({
      async open(...request) {
        if (++readings === 2) store.files.set('/old', { bytes: later(), mode: 0o600 });
        return store.open(...request);
      },
    });
    assert.is(await codeOf(reencrypt(store, { change })), 'archive_rejected');
    assert.not.ok(store.files.has('/new'));
  });
}

test('warns of zeros behind the archive', async () => {
  const store = storeWith(Buffer.concat([sealed(), Buffer.alloc(512)]));
  assert.is((await reencrypt(store)).warnings.length, 1);
});

test.run();
