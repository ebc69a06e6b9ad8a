import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readThrough } from '../../../src/adapters/storage/reading-through.js';
import { collect } from '../../builders/byte-streams.js';
import { fileAt } from '../../builders/locations.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';

const test = suite('a store that is read through something');
const never = new AbortController().signal;

/** A store with one backup, read through what puts every byte into another case. */
function shoutingStore() {
  const store = createInMemoryBackupStore(new Map([['/a', { bytes: Buffer.from('whole'), mode: 0o600 }]]));
  const shouted = readThrough(store, async function* (bytes) {
    for await (const piece of bytes) yield Buffer.from(Buffer.from(piece).toString().toUpperCase());
  });
  return { store, shouted };
}

test('yields what has passed the stage, at each reading', async () => {
  const opened = await shoutingStore().shouted.open(fileAt('/a'), never);
  assert.is((await collect(opened.read())).toString(), 'WHOLE');
  assert.is((await collect(opened.read())).toString(), 'WHOLE');
});

test('reports the size and the SHA-256 of the stored bytes', async () => {
  const opened = await shoutingStore().shouted.open(fileAt('/a'), never, { fingerprint: true });
  await collect(opened.read());
  const sha256 = createHash('sha256').update('whole').digest('hex');
  assert.equal(opened.facts(), { sizeBytes: 5, sha256, encrypted: false });
});

test('reports that the stored bytes are encrypted where the stage says so', async () => {
  const { store } = shoutingStore();
  const decrypted = readThrough(store, (bytes, onEncrypted) => {
    onEncrypted?.();
    return bytes;
  });
  const opened = await decrypted.open(fileAt('/a'), never);
  await collect(opened.read());
  assert.is(opened.facts().encrypted, true);
});

test('does not change what is written', async () => {
  const { store, shouted } = shoutingStore();
  async function* archive() {
    yield Buffer.from('new');
  }
  await shouted.write(fileAt('/b'), archive(), never);
  assert.is(Buffer.from(store.files.get('/b')?.bytes ?? []).toString(), 'new');
});

test.run();
