import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { placeKeyring, type RingName, sealedFixture } from '../builders/keyrings.js';
import { type Engine, engineSuite, leading } from './engine.js';
import type { StateDump } from './engine-replies.js';

const clusterId = '3f0c2a52-7d1e-4c57-9a57-2b6f1d0c9e11';
const deployments = new Set(Array.from({ length: 12 }, (_, number) => `sealed-${number}`));
const backupTaken = 13;

/** Where the log and the snapshots are in a data directory. */
const logStore = (dataDirectory: string): string => join(dataDirectory, 'raft/log.db');
const snapshots = (dataDirectory: string): string => join(dataDirectory, 'raft/snapshots');
const snapshot = (dataDirectory: string): string =>
  join(snapshots(dataDirectory), readdirSync(snapshots(dataDirectory))[0] as string);

/** What keeps a newer daemon from booting, and what the engine's side says of it. */
const damages: Readonly<Record<string, readonly [(dataDirectory: string, engine: Engine) => void, RegExp]>> = {
  'an offline copy of it has not ended': [
    (directory) => writeFileSync(join(directory, 'state-copy.incomplete'), ''),
    /state-copy\.incomplete is there/,
  ],
  'something else lies in raft/': [
    (directory) => writeFileSync(join(directory, 'raft/notes.txt'), ''),
    /holds \["log\.db" "notes\.txt" "snapshots"\]/,
  ],
  'log.db has a third bucket': [spoilLog('third-bucket'), /has the buckets \["conf" "logs" "more"\]/],
  'log.db has no format key': [spoilLog('no-format'), /has no format key/],
  'the format key is cut short': [spoilLog('short-format'), /format key: the content is not what was sealed/],
  'a log entry is plain': [spoilLog('plain-entry'), /entry 17: not sealed/],
  'a log entry is in the place of another': [spoilLog('moved-entry'), /the entry under the key 16 is of index 1/],
  'a snapshot has a third file': [
    (directory) => writeFileSync(join(snapshot(directory), 'state.bak'), ''),
    /holds \["meta\.json" "state\.bak" "state\.bin"\]/,
  ],
  'a snapshot was never finished': [
    (directory) => {
      mkdirSync(join(snapshots(directory), '3-20-1.tmp'));
      writeFileSync(join(snapshots(directory), '3-20-1.tmp/meta.json'), '{}');
    },
    /snapshot 3-20-1\.tmp: /,
  ],
  'state.bin is longer than its meta.json says': [
    (directory) => appendFileSync(join(snapshot(directory), 'state.bin'), 'x'),
    /size or CRC do not hold/,
  ],
  'the meta.json of a snapshot names another address': [
    (directory) => {
      const path = join(snapshot(directory), 'meta.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('"Address":"127.0.0.1:', '"Address":"127.0.0.2:'));
    },
    /the data key does not open under the key cluster-v1/,
  ],
};

await engineSuite("files that the newer daemon wrote, on the engine's side", (test, engine) => {
  const ring = (name: RingName): string => placeKeyring(name, engine.path(`${name}.json`));
  const read = (archive: string, name: RingName) => engine.readArchive(sealedFixture(archive), { keyFile: ring(name) });

  test('an archive opens under its ring, and under one that keeps the key', () => {
    const archive = read('sealed-1.tar.gz', 'ring-1');
    assert.is(archive.clusterId, clusterId);
    assert.is(archive.state.clusterId, clusterId);
    assert.is(archive.snapshotIndex, 15n);
    assert.equal(deploymentsIn(archive.state), deployments);
    assert.equal(read('sealed-1.tar.gz', 'ring-2'), archive);
  });

  test('the archive re-encrypted under another ring holds the same', () => {
    assert.equal(read('sealed-2.tar.gz', 'ring-2'), read('sealed-1.tar.gz', 'ring-1'));
  });

  test('a ring without the key, and one with another key of that name, open no archive', () => {
    assert.throws(() => read('sealed-2.tar.gz', 'ring-1'), /under the key cluster-v2, which the ring does not hold/);
    assert.throws(() => read('sealed-1.tar.gz', 'other-ring'), /does not open under the key cluster-v1/);
    assert.throws(() => engine.readArchive(sealedFixture('sealed-1.tar.gz')), /schema 2/);
  });

  test('a keyring that the group may read is refused, and so is one in the data directory', () => {
    const store = copyStore(engine, 'node-1');
    assert.throws(
      () => engine.checkSealed(store, placeKeyring('ring-1', join(store, 'ring.json'))),
      /lies in the data directory/,
    );
    writeFileSync(engine.path('open.json'), readFileSync(sealedFixture('ring-1.json')), { mode: 0o640 });
    assert.throws(() => engine.checkSealed(store, engine.path('open.json')), /group or others/);
  });

  for (const directory of ['node-1', 'restored-by-the-peer']) {
    test(`the store ${directory} is one to boot from, under exactly the ring that sealed it`, () => {
      const store = copyStore(engine, directory);
      engine.checkSealed(store, ring('ring-1'));
      assert.throws(() => engine.checkSealed(store, ring('ring-2')), /sealed under another ring/);
      assert.throws(() => engine.checkSealed(store, ring('other-ring')), /format key: the data key does not open/);
    });
  }

  test('the state in the snapshot of node-1 is that of the archive', () => {
    const [found] = engine.describe(join(copyStore(engine, 'node-1'), 'raft'), ring('ring-1')).snapshots;
    assert.is(found?.digest, read('sealed-1.tar.gz', 'ring-1').state.digest);
  });

  for (const [what, [damage, complaint]] of Object.entries(damages)) {
    test(`nothing boots where ${what}`, async () => {
      const store = copyStore(engine, 'node-1');
      damage(store, engine);
      assert.throws(() => engine.checkSealed(store, ring('ring-1')), complaint);
      const refusal = await engine
        .start({ id: 'node-1', dataDirectory: store, flags: { 'key-file': ring('ring-1') } })
        .then(
          () => 'it started',
          (error: Error) => error.message,
        );
      assert.match(refusal, complaint);
    });
  }

  test('a node boots from node-1 under its ring, has its history and continues', async () => {
    const dataDirectory = copyStore(engine, 'node-1');
    const node = await leading(
      await engine.start({
        id: 'node-1',
        dataDirectory,
        raftAddress: '127.0.0.1:17001',
        flags: { 'key-file': ring('ring-1'), duties: false },
      }),
    );
    const before = await node.dump();
    assert.is(before.clusterId, clusterId);
    assert.is(before.audit.at(-1)?.type, backupTaken);
    assert.is(before.audit.at(-1)?.index, 16n);
    await node.write('more', 20);
    await node.stop();
    engine.checkSealed(dataDirectory, ring('ring-1'));
  });

  test("a node boots from the newer daemon's own restore", async () => {
    const dataDirectory = copyStore(engine, 'restored-by-the-peer');
    const node = await leading(
      await engine.start({ id: 'node-9', dataDirectory, flags: { 'key-file': ring('ring-1'), duties: false } }),
    );
    const state = await node.dump();
    assert.is(state.restored.count, 1);
    assert.equal(deploymentsIn(state), deployments);
  });

  test('a node without a ring makes nothing of a sealed store', async () => {
    const dataDirectory = copyStore(engine, 'restored-by-the-peer');
    await engine.start({ id: 'node-9', dataDirectory }).then(
      () => assert.unreachable('it started'),
      (error: Error) => assert.match(error.message, /failed to load any existing snapshots/),
    );
  });
});

/** The names of the deployments; each is in the state as a deployment and as the event that made it. */
function deploymentsIn({ writes }: StateDump): ReadonlySet<string> {
  return new Set(writes.map(({ name }) => name));
}

/** A copy of a store of the fixtures, as a data directory that may be written to. */
function copyStore(engine: Engine, name: string): string {
  const copy = engine.path(name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(sealedFixture(name), copy, { recursive: true });
  return copy;
}

function spoilLog(how: string) {
  return (dataDirectory: string, engine: Engine): void => {
    engine.tool(['spoil-log', how, logStore(dataDirectory)]);
  };
}
