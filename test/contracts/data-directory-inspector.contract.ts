import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import type { DataDirectoryInspector } from '../../src/ports/data-directory-inspector.js';

/** One implementation on a machine where `path` does not exist and no process listens on `socket`. */
export interface Harness {
  readonly inspector: DataDirectoryInspector;
  /** Absolute. */
  readonly path: string;
  readonly socket: string;
  /** Lets the file system say that so many bytes are free; without it, it does not tell. */
  leaveFree(bytes: number): void;
  /** Leaves so many bytes of a store in the data directory, as a killed restore does. */
  leaveStaged(bytes: number): Promise<void>;
  /** Creates the data directory, for `owner` if this user may change owners. */
  makeDirectory(): Promise<FileOwner>;
  makeFile(): Promise<void>;
  /** Puts a file into the data directory, at a path inside it. */
  plant(file: string): Promise<void>;
  /** Writes restore.txt. */
  writeMarker(text: string): Promise<void>;
  /** Another data directory, which is there. */
  readonly otherPath: string;
  /** Lets a daemon listen on `socket` with the store in `serving` open; undefined opens no store. */
  listen(serving: string | undefined): Promise<void>;
  /** Lets systemd listen on `socket`, for a daemon that does not run. */
  await(): Promise<void>;
  close(): Promise<void>;
}

/** What {@link DataDirectoryInspector} promises, for any implementation. */
export function dataDirectoryInspectorContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`DataDirectoryInspector contract: ${name}`);
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const inspect = (path = harness.path, configured?: string) =>
    harness.inspector.inspect(path, { path: harness.socket, dataDirectory: configured });
  const presence = async (configured?: string) => (await inspect(harness.path, configured)).daemon;

  test('finds nothing but a place for it where there is no data directory', async () => {
    assert.equal(await inspect(), {
      path: harness.path,
      kind: 'missing',
      writable: true,
      owner: undefined,
      freeBytes: undefined,
      existingRaftStore: undefined,
      foreignEntry: undefined,
      foreignMarker: false,
      daemon: { kind: 'none' },
    });
  });

  test('finds an empty data directory and its owner', async () => {
    const owner = await harness.makeDirectory();
    assert.equal(await inspect(), {
      path: harness.path,
      kind: 'directory',
      writable: true,
      owner,
      freeBytes: undefined,
      existingRaftStore: undefined,
      foreignEntry: undefined,
      foreignMarker: false,
      daemon: { kind: 'none' },
    });
  });

  test('returns the normalised path', async () => {
    await harness.makeDirectory();
    assert.is((await inspect(`${harness.path}/raft/..//`)).path, harness.path);
  });

  test('reports how much is free, for a directory that is there and for one that can be made', async () => {
    harness.leaveFree(5_000_000);
    assert.is((await inspect()).freeBytes, 5_000_000);
    await harness.makeDirectory();
    assert.is((await inspect()).freeBytes, 5_000_000);
  });

  test('counts as free what a killed restore has left, which the next one removes first', async () => {
    for (const free of [0, 5_000_000]) {
      harness.leaveFree(free);
      if (free === 0) await harness.makeDirectory();
      await harness.leaveStaged(70_000);
      assert.is((await inspect()).freeBytes, free + 70_000);
    }
  });

  test('finds something that is no directory', async () => {
    harness.leaveFree(5_000_000);
    await harness.makeFile();
    assert.equal(await inspect(), {
      path: harness.path,
      kind: 'not-a-directory',
      writable: false,
      owner: undefined,
      freeBytes: undefined,
      existingRaftStore: undefined,
      foreignEntry: undefined,
      foreignMarker: false,
      daemon: { kind: 'none' },
    });
  });

  for (const file of ['raft/log.db', 'raft/snapshots/7-1000-1/state.bin', 'raft']) {
    test(`takes ${file} for a raft store`, async () => {
      await harness.makeDirectory();
      await harness.plant(file);
      assert.is((await inspect()).existingRaftStore, file);
    });
  }

  test('names log.db before other parts of a raft store', async () => {
    await harness.makeDirectory();
    await harness.plant('raft/a');
    await harness.plant('raft/log.db');
    assert.is((await inspect()).existingRaftStore, 'raft/log.db');
  });

  test('takes no other file of a data directory for a raft store', async () => {
    await harness.makeDirectory();
    for (const file of ['node/ca.crt', 'restore.txt', 'raft.restoring/log.db', 'wg/raft/key'])
      await harness.plant(file);
    assert.is((await inspect()).existingRaftStore, undefined);
  });

  test('names an entry of a directory that holds something else', async () => {
    await harness.makeDirectory();
    for (const file of ['passwd', 'etc/hosts']) await harness.plant(file);
    assert.is((await inspect()).foreignEntry, 'etc');
  });

  for (const file of ['lost+found', '.jaco-lock-data-directory-7', '..jaco-lock-data-directory-7.new']) {
    test(`takes a directory with nothing but ${file} for an empty one`, async () => {
      await harness.makeDirectory();
      await harness.plant(file);
      assert.is((await inspect()).foreignEntry, undefined);
    });
  }

  for (const file of [
    'node/ca.crt',
    'wg/key',
    'restore.txt',
    'restore.txt.part',
    'raft.restoring/log.db',
    'node.restoring',
  ]) {
    test(`recognises a directory with ${file} as a daemon’s, with any other content`, async () => {
      await harness.makeDirectory();
      for (const each of ['etc/hosts', file]) await harness.plant(each);
      assert.is((await inspect()).foreignEntry, undefined);
    });
  }

  test('distinguishes a marker, or an empty file, from another file of that name', async () => {
    await harness.makeDirectory();
    for (const [text, isForeign] of [
      ['', false],
      ['imported_at=2026-05-25T10:00:00Z\ncluster_id=c-1\n', false],
      ['\u001f\u008b\u0008an archive', true],
      ['a'.repeat(70_000), true],
    ] as const) {
      await harness.writeMarker(text);
      assert.is((await inspect()).foreignMarker, isForeign, text.slice(0, 20));
    }
  });

  test('finds a daemon that listens, whether the data directory is there or not', async () => {
    await harness.listen(undefined);
    for (const configured of [undefined, harness.path]) {
      const found = await presence(configured);
      assert.ok(found.kind === 'running');
      assert.match(found.evidence, `listens on ${harness.socket}`);
      assert.is(found.certain, configured !== undefined, 'whether it serves this directory');
    }
    await harness.makeDirectory();
    assert.is((await presence()).kind, 'running');
    assert.is((await presence(harness.path)).kind, 'running');
  });

  test('finds no daemon if the one that listens is configured for another data directory', async () => {
    await harness.makeDirectory();
    await harness.listen(undefined);
    assert.equal(await presence(harness.otherPath), { kind: 'none' });
  });

  test('finds no daemon if the one that listens has the store of another data directory open', async () => {
    await harness.makeDirectory();
    await harness.listen(harness.otherPath);
    for (const configured of [undefined, harness.otherPath]) assert.equal(await presence(configured), { kind: 'none' });
  });

  test('finds a daemon that is configured for the data directory, though its store was moved away', async () => {
    await harness.makeDirectory();
    await harness.listen(harness.otherPath);
    assert.is((await presence(harness.path)).kind, 'running');
  });

  test('finds a daemon that has the store open, under any configuration', async () => {
    await harness.makeDirectory();
    await harness.plant('raft/log.db');
    await harness.listen(harness.path);
    for (const configured of [undefined, harness.otherPath]) {
      const found = await presence(configured);
      assert.ok(found.kind === 'running' && found.certain);
    }
  });

  test('takes a socket that systemd holds for no daemon, and says so', async () => {
    await harness.await();
    assert.equal(await presence(), { kind: 'awaited', socket: harness.socket });
    assert.equal(await presence(harness.otherPath), { kind: 'none' });
  });

  test.run();
}
