import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createMarkerFileWriter } from '../../../src/adapters/filesystem/marker-file-writer.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { decodeLogEntry } from '../../../src/adapters/raft/log-entry.js';
import { readLogStore } from '../../../src/adapters/raft/log-store.js';
import { createRaftStoreInitializer } from '../../../src/adapters/raft/raft-store-initializer.js';
import { bootSandbox } from '../../../src/adapters/sandbox/boot.js';
import { unsealed } from '../../../src/domain/archive/archive-schema.js';
import { streamOf } from '../../builders/byte-streams.js';
import { noCommands } from '../../builders/first-commands.js';
import { codeOf, refusalOf } from '../../builders/outcome.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { type Call, refusing } from '../../faults/broken-file-systems.js';
import { eventsOf, sandboxMachine, withBooted } from './sandbox-machine.js';

const test = suite('boot of the sandbox');
const scratch = scratchFor(test);
const data = () => scratch.path('data');

const restoreCompleted = 14;
const marker = {
  clusterId: 'c-7f3a',
  snapshotIndex: 1000n,
  takenAt: '2026-05-25T03:00:00Z',
  importedAt: '2026-05-26T08:30:00.000Z',
};

/** Primes the directory as restore does: a snapshot of index 1000 and term 7, and a marker. */
async function prime(): Promise<void> {
  const fileSystem = createNodeFileSystem();
  const seed = {
    dataDirectory: data(),
    snapshotId: '7-1000-1795539891344',
    index: 1000n,
    term: 7n,
    configurationIndex: 1n,
    voter: { id: 'recovered', address: '10.0.0.7:7001' },
    seal: unsealed,
    owner: undefined,
  };
  const initializer = createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands);
  const staged = await initializer.stage(
    seed,
    streamOf(snapshotOf('c-7f3a')),
    noCommands,
    new AbortController().signal,
  );
  await createMarkerFileWriter(fileSystem).write(data(), marker, undefined);
  await staged.commit();
}

/** CurrentTerm, the vote, and the entries of the log. */
async function readLog() {
  const log = await readLogStore(createNodeFileSystem(), `${data()}/raft/log.db`);
  const entries: string[] = [];
  for await (const { bytes } of log.entries(0n)) {
    const { index, term, type } = decodeLogEntry(bytes, damageOf('log.db'));
    entries.push(`${index} ${term} ${type}`);
  }
  await log.close();
  return { currentTerm: log.currentTerm, vote: log.lastVoteCandidate, voteTerm: log.lastVoteTerm, entries };
}

test('makes a cluster in a directory without one, under the name of this host', async () => {
  await withBooted(data(), ({ origin, name, daemon }) => {
    assert.is(origin, 'created');
    assert.is(name, 'this-host');
    assert.match(daemon.cluster.clusterId, /^[0-9a-f-]{36}$/);
    assert.is(daemon.status().nodes?.length, 3);
  });
  assert.match(await readFile(`${data()}/operator-token`, 'utf8'), /^[0-9a-f]{64}\n$/);
});

test('elects itself: a new term, a vote for its own address, and its own first entry', async () => {
  await prime();
  await withBooted(data(), () => undefined);
  assert.equal(await readLog(), {
    currentTerm: 8n,
    vote: '10.0.0.7:7001',
    voteTerm: 8n,
    entries: ['1001 8 noop', '1002 8 command'],
  });
});

test('continues in one more term at each start', async () => {
  await prime();
  await withBooted(data(), () => undefined);
  await withBooted(data(), ({ origin }) => assert.is(origin, 'resumed'));
  const { currentTerm, entries } = await readLog();
  assert.is(currentTerm, 9n);
  assert.equal(entries, ['1001 8 noop', '1002 8 command', '1003 9 noop']);
});

test('records the restore that made it, with all that the marker says', async () => {
  await prime();
  await withBooted(data(), async ({ origin, name, daemon }) => {
    assert.is(origin, 'restored');
    assert.is(name, 'recovered');
    const [event] = await eventsOf(daemon, { types: [restoreCompleted] });
    assert.is(event?.identity, 'restore');
    assert.is(event?.raftIndex, '1002');
    assert.equal(event?.payload, {
      cluster_id: 'c-7f3a',
      snapshot_index: '1000',
      taken_at: marker.takenAt,
      imported_at: marker.importedAt,
    });
  });
});

test('records it once, also when a snapshot has taken the log’s place', async () => {
  await prime();
  await withBooted(data(), async ({ daemon }) => {
    for await (const _ of daemon.backup('operator'));
  });
  await withBooted(data(), async ({ origin, daemon }) => {
    assert.is(origin, 'resumed');
    assert.is((await eventsOf(daemon, { types: [restoreCompleted] })).length, 1);
  });
});

test('records it on the next start when the first was cut off before', async () => {
  await prime();
  const machine = sandboxMachine();
  let renames = 0;
  const rename = async (from: string, to: string) => {
    renames += 1;
    // The election is written, the event no more.
    if (renames === 2) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    await machine.fileSystem.rename(from, to);
  };
  const failing = { ...machine, fileSystem: { ...machine.fileSystem, rename } };
  assert.is(await codeOf(bootSandbox({ dataDirectory: data(), name: undefined }, failing)), 'storage_failed');
  await withBooted(data(), async ({ origin, daemon }) => {
    assert.is(origin, 'restored');
    assert.is((await eventsOf(daemon, { types: [restoreCompleted] })).length, 1);
  });
});

test('boots a restored directory without a marker, and records nothing', async () => {
  await prime();
  await rm(`${data()}/restore.txt`);
  await withBooted(data(), async ({ origin, daemon }) => {
    assert.is(origin, 'resumed');
    assert.equal(await eventsOf(daemon), []);
  });
});

test('lets go of the directory when it cannot boot', async () => {
  await prime();
  await writeFile(`${data()}/restore.txt`, 'nonsense');
  const boot = () => bootSandbox({ dataDirectory: data(), name: undefined }, sandboxMachine());
  assert.is(await codeOf(boot()), 'marker_mismatch');
  await createMarkerFileWriter(createNodeFileSystem()).write(data(), marker, undefined);
  await withBooted(data(), ({ origin }) => assert.is(origin, 'restored'));
});

test('leaves nothing of a cluster that could not be made', async () => {
  const machine = sandboxMachine();
  const rename = async () => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  const full = { ...machine, fileSystem: { ...machine.fileSystem, rename } };
  assert.is(await codeOf(bootSandbox({ dataDirectory: data(), name: undefined }, full)), 'storage_failed');
  assert.equal(scratch.names(), []);
  await withBooted(data(), ({ origin }) => assert.is(origin, 'created'));
});

test('refuses a store with several voters, no voter, or a voter of another name', async () => {
  await prime();
  const [directory] = await readdir(`${data()}/raft/snapshots`);
  const path = `${data()}/raft/snapshots/${directory}/meta.json`;
  const meta = await readFile(path, 'utf8');
  const server = (id: string, suffrage: number) => `{"Suffrage":${suffrage},"ID":"${id}","Address":"${id}:7001"}`;
  for (const [servers, code] of [
    [`${server('a', 0)},${server('b', 0)}`, 'request_invalid'],
    [server('a', 1), 'store_damaged'],
    ['', 'store_damaged'],
  ] as const) {
    await writeFile(path, meta.replace(/"Servers":\[.*?\]/, `"Servers":[${servers}]`));
    assert.is(await codeOf(bootSandbox({ dataDirectory: data(), name: undefined }, sandboxMachine())), code);
  }
  await writeFile(path, meta);
  assert.is(await codeOf(bootSandbox({ dataDirectory: data(), name: 'other' }, sandboxMachine())), 'request_invalid');
});

const tokens = (path: string) => path.endsWith('/operator-token');
const moves = ({ method, path }: Call) => method === 'rename' && path.endsWith('/raft.restoring');

test('leaves nothing of a cluster that cannot be made, and no directory', async () => {
  const machine = sandboxMachine();
  const fileSystem = refusing(machine.fileSystem, moves);
  const told = await refusalOf(
    bootSandbox({ dataDirectory: scratch.path('new', 'data'), name: undefined }, { ...machine, fileSystem }),
  );
  assert.is(told.code, 'storage_failed');
  assert.equal(told.leftBehind, []);
  assert.equal(scratch.names(), []);
});

test('names the token and the store that it cannot remove again', async () => {
  const machine = sandboxMachine();
  const isStuck = ({ method, path }: Call) => method === 'removeFile' && (tokens(path) || path.endsWith('/state.bin'));
  const fileSystem = refusing(machine.fileSystem, (call) => moves(call) || isStuck(call));
  const told = await refusalOf(bootSandbox({ dataDirectory: data(), name: undefined }, { ...machine, fileSystem }));
  assert.equal(
    told.leftBehind.map(({ path, secret }) => ({ path, secret })),
    ['operator-token', 'raft.restoring'].map((name) => ({ path: `${data()}/${name}`, secret: true })),
  );
});

test('keeps store and token together when the last sync fails and the way back too, and names both', async () => {
  const machine = sandboxMachine();
  let moved = false;
  const fileSystem = refusing(machine.fileSystem, (call) => {
    if (moved) return call.method === 'syncDirectory' && call.path === data();
    moved = moves(call);
    return false;
  });
  const told = await refusalOf(bootSandbox({ dataDirectory: data(), name: undefined }, { ...machine, fileSystem }));
  assert.is(told.code, 'storage_failed');
  assert.equal(
    told.leftBehind.map(({ path }) => path),
    [`${data()}/raft`, `${data()}/operator-token`],
  );
  await withBooted(data(), ({ origin }) => assert.is(origin, 'resumed'));
});

test.run();
