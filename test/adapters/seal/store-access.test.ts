import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { openRaftStore } from '../../../src/adapters/raft/raft-store-reader.js';
import { sealedFormatKey } from '../../../src/adapters/raft/store-access.js';
import { bootSandbox } from '../../../src/adapters/sandbox/boot.js';
import { readStoredRaft } from '../../../src/adapters/sandbox/stored-raft.js';
import { createStoreAccess } from '../../../src/adapters/seal/store-access.js';
import { collect } from '../../builders/byte-streams.js';
import { keyringOf, type RingName, sealedFixture } from '../../builders/keyrings.js';
import { refusalOf } from '../../builders/outcome.js';
import { openSealedStore } from '../../builders/sealed-store.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { sandboxMachine } from '../sandbox/sandbox-machine.js';

const test = suite('a raft store that a newer daemon has sealed');
const scratch = scratchFor(test);
const fileSystem = createNodeFileSystem();
const raft = (directory: string) => sealedFixture(directory, 'raft');
const access = (name: RingName) => createStoreAccess(keyringOf(name));
const load = (name: RingName) => async () => access(name);

for (const directory of ['node-1', 'restored-by-the-peer']) {
  test(`boots with its ring: ${directory}`, async () => {
    const stored = await readStoredRaft(fileSystem, raft(directory), load('ring-1'));
    assert.is(stored.state.cluster()?.clusterId, '3f0c2a52-7d1e-4c57-9a57-2b6f1d0c9e11');
    assert.is(stored.servers.length, 1);
    assert.equal(stored.passedOver, []);
  });
}

test('gives its entries in the clear', async () => {
  const store = await openRaftStore(fileSystem, raft('node-1'), access('ring-1'));
  const types: string[] = [];
  for await (const stored of store.entries(0n)) types.push(store.readEntry(stored).type);
  const { content } = await store.openSnapshot(store.snapshots[0]?.id as string);
  assert.match((await collect(content)).toString('latin1'), 'sealed-11');
  await store.close();
  assert.equal(new Set(types), new Set(['configuration', 'noop', 'command']));
});

for (const [what, ring, code, reason] of [
  ['without a ring', undefined, 'schema_unsupported', 'no keyring is at hand'],
  ['under another key of the same name', 'other-ring', 'keyring_mismatch', 'does not open it'],
  ['with a key more in the ring', 'ring-2', 'keyring_mismatch', 'it is sealed under another keyring'],
] as const) {
  test(`is refused ${what}`, async () => {
    const refusal = await refusalOf(readStoredRaft(fileSystem, raft('node-1'), ring && load(ring)));
    assert.is(refusal.code, code);
    assert.match(refusal.message, reason);
  });
}

test('says that the key of its format is damaged, and nothing of another keyring', async () => {
  const store = await openRaftStore(fileSystem, raft('node-1'));
  const format = Uint8Array.from(store.stableValues.get(sealedFormatKey) as Uint8Array);
  await store.close();
  format[format.length - 1] = (format.at(-1) ?? 0) ^ 1;
  const requireOwn = async () =>
    access('ring-1').requireOwn(new Map([[sealedFormatKey, format]]), damageOf('/data/raft/log.db'));
  const { code, message } = await refusalOf(requireOwn());
  assert.is(code, 'store_damaged');
  assert.match(message, /^\/data\/raft\/log\.db is damaged: what says under which keyring it is sealed is damaged: /);
});

test('stays sealed while the sandbox goes on with it', async () => {
  cpSync(sealedFixture('restored-by-the-peer'), scratch.path('data'), { recursive: true });
  const machine = { ...sandboxMachine(), loadStoreAccess: load('ring-1') };
  const booted = await bootSandbox({ dataDirectory: scratch.path('data'), name: undefined }, machine);
  await booted.daemon.recordSelf('10.0.0.1:7000');
  const logged = await openSealedStore(scratch.path('data/raft'), 'ring-1');
  assert.ok(logged.commands.length > 0);
  const archive = booted.daemon.state();
  assert.match((await collect(archive)).toString('latin1'), 'sealed-11');
  await booted.release();
  for (const entry of readdirSync(scratch.path('data'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    assert.not.match(
      readFileSync(join(entry.parentPath, entry.name), 'latin1'),
      /sealed-11|10\.0\.0\.1:7000/,
      entry.name,
    );
  }
});

test.run();
