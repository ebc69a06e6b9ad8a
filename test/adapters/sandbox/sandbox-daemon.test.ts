import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTarGzipArchiveReader } from '../../../src/adapters/archive/tar-gzip-archive-reader.js';
import { messages } from '../../../src/adapters/contract/contract.js';
import type { AuditEventMessage } from '../../../src/adapters/contract/messages.js';
import { timestampOf } from '../../../src/adapters/contract/timestamps.js';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { sha256 } from '../../../src/adapters/sandbox/example-cluster.js';
import { createSandboxDaemon, type SandboxDaemon } from '../../../src/adapters/sandbox/sandbox-daemon.js';
import { electSandboxStore } from '../../../src/adapters/sandbox/sandbox-store.js';
import { readStoredRaft } from '../../../src/adapters/sandbox/stored-raft.js';
import { collect } from '../../builders/byte-streams.js';
import { openedBackup } from '../../builders/opened-backup.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { until } from '../../cli/waiting.js';
import { eventsOf, everything, sandboxMachine, withBooted } from './sandbox-machine.js';

const test = suite('daemon of the sandbox');
const scratch = scratchFor(test);
const backupTaken = 13;

/** Lets `work` use the daemon of a new example cluster. */
function withDaemon(work: (daemon: SandboxDaemon) => Promise<void>): Promise<void> {
  return withBooted(scratch.path('data'), ({ daemon }) => work(daemon), sandboxMachine(), 'node-1');
}

/** What an archive says of itself, and its whole state. */
async function readArchive(bytes: Uint8Array) {
  const opened = await createTarGzipArchiveReader({ snapshotBytes: 1024 ** 2 }).open(openedBackup(bytes));
  const state = messages.state.decode(await collect(opened.snapshot));
  await opened.close();
  return { metadata: opened.metadata, state };
}

test('takes a backup at its own index and term, and records it afterwards', () =>
  withDaemon(async (daemon) => {
    const index = String(daemon.status().raftIndex);
    const { metadata, state } = await readArchive(await collect(daemon.backup('operator')));
    assert.is(String(metadata.snapshotIndex), index);
    assert.is(metadata.snapshotTerm, 4n);
    assert.is(metadata.clusterId, daemon.cluster.clusterId);
    assert.is(metadata.leaderAtSnapshot, '127.0.0.1:7001');
    assert.is(metadata.takenAt, '2026-05-25T03:00:00.000Z');
    assert.is(state.cluster.clusterId, daemon.cluster.clusterId);
    const [event] = await eventsOf(daemon, { types: [backupTaken] });
    assert.is(event?.raftIndex, String(BigInt(index) + 1n));
    assert.is(event?.identity, 'operator');
    assert.equal(event?.payload, { snapshot_index: index });
  }));

test('records no backup that was not taken to its end', () =>
  withDaemon(async (daemon) => {
    for await (const _ of daemon.backup('operator')) break;
    assert.equal(await eventsOf(daemon, { types: [backupTaken] }), []);
  }));

test('takes several backups at once, each whole', () =>
  withDaemon(async (daemon) => {
    const archives = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((who) => collect(daemon.backup(who))));
    for (const archive of archives) assert.ok(((await readArchive(archive)).metadata.snapshotIndex ?? 0n) >= 4179n);
    const events = await eventsOf(daemon, { types: [backupTaken] });
    assert.equal(new Set(events.map(({ identity }) => identity)), new Set(['a', 'b', 'c', 'd', 'e']));
    assert.equal(
      events.map(({ raftIndex }) => BigInt(raftIndex)),
      [4180n, 4181n, 4182n, 4183n, 4184n],
    );
  }));

test('lets others follow the audit log while backups are taken', () =>
  withDaemon(async (daemon) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const followers = Array.from({ length: 12 }, () => follow(daemon));
    await until(() => followers.every(({ seen }) => seen.length === 6));
    for (const who of ['a', 'b']) await collect(daemon.backup(who));
    await until(() => followers.every(({ seen }) => seen.length === 8));
    process.off('warning', onWarning);
    assert.equal(warnings, []);
    for (const { seen, stop } of followers) {
      stop.abort();
      assert.equal(
        seen.slice(-2).map(({ identity }) => identity),
        ['a', 'b'],
      );
      assert.is(new Set(seen.map(({ raftIndex }) => raftIndex)).size, 8);
    }
  }));

function follow(daemon: SandboxDaemon) {
  const seen: AuditEventMessage[] = [];
  const stop = new AbortController();
  const following = (async () => {
    for await (const event of daemon.audit({ ...everything, follow: true }, stop.signal)) seen.push(event);
  })();
  // Ends with an AbortError once it is stopped, and never before.
  following.catch(() => undefined);
  return { seen, stop };
}

test('yields only the requested events', () =>
  withDaemon(async (daemon) => {
    const all = await eventsOf(daemon);
    assert.is(all.length, 6);
    const types = async (query: Parameters<typeof eventsOf>[1]) =>
      (await eventsOf(daemon, query)).map(({ type }) => type);
    assert.equal(await types({ types: [4, 8] }), [4, 4, 8]);
    const [issue, join] = [all[0]?.ts, all[1]?.ts];
    assert.equal(await types({ since: join ?? null }), [4, 4, 8, 1, 1]);
    assert.equal(await types({ until: issue ?? null }), [6]);
    assert.equal(await types({ since: join ?? null, until: join ?? null, types: [4] }), [4, 4]);
    assert.equal(await types({ since: timestampOf(Date.UTC(2030, 0)) }), []);
  }));

test('reports the leader, and the suffrage of each member', () =>
  withDaemon(async (daemon) => {
    await daemon.recordSelf('127.0.0.1:7000');
    const { leader, initialized, nodes, suffrages } = daemon.status();
    assert.is(initialized, true);
    assert.is(leader, '127.0.0.1:7001');
    assert.equal(suffrages, [{ hostname: 'node-1', kind: 1 }]);
    assert.is(nodes?.find((node) => node?.hostname === 'node-1')?.grpcAddress, '127.0.0.1:7000');
    const index = daemon.status().raftIndex;
    await daemon.recordSelf('127.0.0.1:7000');
    assert.is(daemon.status().raftIndex, index);
  }));

test('knows a token by its hash, and distinguishes a revoked one from an unknown one', async () => {
  await withDaemon(async () => undefined);
  const { fileSystem, clock } = sandboxMachine();
  const stored = await readStoredRaft(fileSystem, scratch.path('data', 'raft'));
  const voter = { id: 'node-1', address: '127.0.0.1:7001' };
  const store = await electSandboxStore(fileSystem, clock, scratch.path('data', 'raft'), stored, voter, undefined);
  const tokens = [
    { identity: 'ci', hashedSecret: sha256('ci’s') },
    { identity: 'old', hashedSecret: sha256('old’s'), revokedAt: timestampOf(0) },
  ];
  const walk = stored.state.load(damageOf('state.bin'));
  walk.feed(messages.state.encode({ tokens }));
  const daemon = createSandboxDaemon(store, messages.cluster.decode(Buffer.alloc(0)), clock);
  assert.equal(daemon.authenticate('ci’s'), { identity: 'ci' });
  assert.is(daemon.authenticate('old’s'), 'token_revoked');
  for (const unknown of ['', 'nobody’s', sha256('ci’s').toString('hex')]) {
    assert.is(daemon.authenticate(unknown), 'token_invalid');
  }
});

test.run();
