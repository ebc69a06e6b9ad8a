import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { openBoltFile } from '../../src/adapters/raft/bolt-reader.js';
import { openRaftStore } from '../../src/adapters/raft/raft-store-reader.js';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { collect } from '../builders/byte-streams.js';
import { envelopeBytes, type Keyring, openEnvelope, possessionProof } from '../builders/sealed-envelope.js';
import { runJaco } from '../cli/jaco-process.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { projectRoot } from '../packaging/installed-package.js';

const test = suite('what a newer daemon has sealed');
const scratch = scratchFor(test);
const fileSystem = createNodeFileSystem();
const place = (...names: string[]) => join(projectRoot, 'test/fixtures/sealed-state', ...names);
const ring = (name: string): Keyring => JSON.parse(readFileSync(place(`${name}.json`), 'utf8')) as Keyring;
const entryTypes = ['command', 'noop', 'add-peer', 'remove-peer', 'barrier', 'configuration'];

/** The two files of an archive. */
function filesOf(archive: Uint8Array): { readonly metadata: Buffer; readonly snapshot: Buffer } {
  const tar = gunzipSync(archive);
  const sizeAt = (header: number) => Number.parseInt(tar.toString('latin1', header + 124, header + 135), 8);
  const contentAt = (header: number) => tar.subarray(header + 512, header + 512 + sizeAt(header));
  const second = 512 + Math.ceil(sizeAt(0) / 512) * 512;
  return { metadata: contentAt(0), snapshot: contentAt(second) };
}

/** The state in the archive, opened as if `metadata` were its meta.json. */
function stateIn(archive: string, keys: Keyring, metadata = filesOf(readFileSync(place(archive))).metadata): Buffer {
  const { snapshot } = filesOf(readFileSync(place(archive)));
  const purpose = Buffer.concat([Buffer.from('backup-snapshot:'), metadata]);
  return openEnvelope(openEnvelope(snapshot, purpose, keys), 'raft-snapshot', keys);
}

/** What the store of that directory keeps of its ring. */
async function formatOf(directory: string): Promise<Uint8Array> {
  const log = await openBoltFile(fileSystem, place(directory, 'raft/log.db'));
  const sealed = await log.get('conf', Buffer.from('jaco:encrypted-state:v1'));
  await log.close();
  return sealed as Uint8Array;
}

test('an archive opens with the very bytes of its meta.json, and with no other form of them', () => {
  const { metadata } = filesOf(readFileSync(place('sealed-1.tar.gz')));
  const compact = Buffer.from(JSON.stringify(JSON.parse(metadata.toString())));
  assert.match(stateIn('sealed-1.tar.gz', ring('ring-1')).toString('latin1'), 'sealed-11');
  assert.throws(() => stateIn('sealed-1.tar.gz', ring('ring-1'), compact), /authenticate/);
});

test('such an archive opens still after our backup has written it', async () => {
  const sent = readFileSync(place('sealed-1.tar.gz'));
  const daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end }) {
        await sendChunk(sent);
        end({ status: 0 });
      },
    },
  );
  const { code } = await runJaco(['backup', '--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')]);
  await daemon.close();
  assert.is(code, 0);
  assert.ok(readFileSync(scratch.path('a.tar.gz')).equals(sent));
});

test('an archive that was encrypted again under another ring holds the same state', () => {
  const before = stateIn('sealed-1.tar.gz', ring('ring-1'));
  assert.ok(stateIn('sealed-2.tar.gz', ring('ring-2')).equals(before));
  assert.throws(() => stateIn('sealed-2.tar.gz', ring('ring-1')), /no such key/);
  assert.throws(() => stateIn('sealed-1.tar.gz', ring('other-ring')), /authenticate/);
});

test('the name of a key is in the envelope, and makes it longer', () => {
  const { snapshot } = filesOf(readFileSync(place('sealed-1.tar.gz')));
  assert.is(snapshot.length, stateIn('sealed-1.tar.gz', ring('ring-1')).length + 2 * envelopeBytes('cluster-v1'));
});

for (const directory of ['node-1', 'restored-by-the-peer']) {
  test(`the store of ${directory} is of one ring alone: with a key more its keys open it, and its proof is another`, async () => {
    const sealed = await formatOf(directory);
    const opened = openEnvelope(sealed, 'raft-format', ring('ring-2'));
    assert.ok(opened.equals(openEnvelope(sealed, 'raft-format', ring('ring-1'))));
    const proof = opened.subarray('encrypted-state-v1\0'.length);
    assert.ok(proof.equals(possessionProof(ring('ring-1'))));
    assert.not.ok(proof.equals(possessionProof(ring('ring-2'))));
  });

  test(`the snapshot of ${directory} passes the engine's checks without any key: size and sum are of what is sealed`, async () => {
    const store = await openRaftStore(fileSystem, place(directory, 'raft'));
    const [newest] = store.snapshots;
    const { content } = await store.openSnapshot(newest?.id as string);
    const bytes = await collect(content);
    await store.close();
    assert.is(bytes.length, newest?.sizeBytes);
    assert.is(bytes.subarray(0, 8).toString('latin1'), 'JACOENC\x01');
  });
}

test('each entry of the log is sealed under its index, term and type, entries of the engine too', async () => {
  const store = await openRaftStore(fileSystem, place('node-1/raft'));
  const seen = new Set<string>();
  for await (const stored of store.entries(0n)) {
    const { index, term, type, data, extensions } = store.readEntry(stored);
    const purpose = `raft-log-file:${index}:${term}:${entryTypes.indexOf(type)}`;
    const opened = openEnvelope(data, purpose, ring('ring-1'));
    const length = Number(opened.readBigUInt64BE());
    assert.is(opened.length, 8 + length);
    assert.is(extensions.length, 0);
    assert.throws(() => openEnvelope(data, `${purpose}0`, ring('ring-1')), /authenticate/);
    if (type === 'command') openEnvelope(opened.subarray(8), 'raft-command', ring('ring-1'));
    seen.add(type);
  }
  await store.close();
  assert.equal(seen, new Set(['configuration', 'noop', 'command']));
});

test("the peer's own restore names its voter by a hostname without a port, and has a term", async () => {
  const store = await openRaftStore(fileSystem, place('restored-by-the-peer/raft'));
  await store.close();
  assert.equal(store.snapshots[0]?.servers, [{ id: 'node-9', address: 'node-9', suffrage: 'voter' }]);
  assert.is(store.currentTerm, 2n);
});

test.run();
