import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileOwner } from '../../src/domain/raft-store-seed.js';
import type { DataDirectoryInspector } from '../../src/ports/data-directory-inspector.js';

/** One implementation on a machine where nothing is at `path` and nobody listens on `socket`. */
export interface Harness {
  readonly inspector: DataDirectoryInspector;
  /** Absolute. */
  readonly path: string;
  readonly socket: string;
  /** Makes the data directory, for `owner` where this user may give directories away. */
  makeDirectory(): Promise<FileOwner>;
  makeFile(): Promise<void>;
  /** Puts a file into the data directory, at a path inside it. */
  plant(file: string): Promise<void>;
  /** Lets somebody answer on `socket`. */
  listen(): Promise<void>;
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

  const inspect = (path = harness.path) => harness.inspector.inspect(path, harness.socket);

  test('finds nothing but a place for it where there is no data directory', async () => {
    assert.equal(await inspect(), {
      path: harness.path,
      kind: 'missing',
      writable: true,
      owner: undefined,
      existingRaftStore: undefined,
      runningDaemon: undefined,
    });
  });

  test('finds an empty data directory and whose it is', async () => {
    const owner = await harness.makeDirectory();
    assert.equal(await inspect(), {
      path: harness.path,
      kind: 'directory',
      writable: true,
      owner,
      existingRaftStore: undefined,
      runningDaemon: undefined,
    });
  });

  test('tells the path without detours', async () => {
    await harness.makeDirectory();
    assert.is((await inspect(`${harness.path}/raft/..//`)).path, harness.path);
  });

  test('finds something that is no directory', async () => {
    await harness.makeFile();
    assert.equal(await inspect(), {
      path: harness.path,
      kind: 'not-a-directory',
      writable: false,
      owner: undefined,
      existingRaftStore: undefined,
      runningDaemon: undefined,
    });
  });

  for (const file of ['raft/log.db', 'raft/snapshots/7-1000-1/state.bin', 'raft']) {
    test(`takes ${file} for a raft store`, async () => {
      await harness.makeDirectory();
      await harness.plant(file);
      assert.is((await inspect()).existingRaftStore, file);
    });
  }

  test('names log.db before what else a raft store has', async () => {
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

  test('finds a daemon that answers, wherever the data directory is', async () => {
    await harness.listen();
    assert.match((await inspect()).runningDaemon ?? '', harness.socket);
    await harness.makeDirectory();
    assert.match((await inspect()).runningDaemon ?? '', harness.socket);
  });

  test.run();
}
