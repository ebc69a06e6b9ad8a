import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { caughtUp, type Engine, engineSuite, eventually } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { ArchiveReading, Load, Write } from './engine-replies.js';
import { jaco, jacoSucceeds } from './jaco-program.js';

/** Both ways of asking for a backup, as flags of `jaco backup`. */
type Route = (leader: EngineNode) => readonly string[];

const backupTaken = 13;

await engineSuite('backup of a live hashicorp/raft cluster', (test, engine) => {
  test('over TLS, the archive is the state at snapshot_index while writes go on', async () => {
    const identity = engine.identity();
    await checkBackupUnderLoad(engine, { ...identity.flags, token: identity.token }, (leader) => [
      ...['--server', leader.options.grpcAddress, '--token', identity.token, '--ca-cert', identity.caCertificate],
    ]);
  });

  test('over the socket, the archive is the state at snapshot_index while writes go on', async () => {
    await checkBackupUnderLoad(engine, {}, (leader) => ['--socket', leader.options.socket as string]);
  });

  test('a follower refuses, the error names the leader, and no file appears', async () => {
    const [leader, follower] = await engine.startCluster(3);
    await caughtUp(follower as EngineNode, leader);
    const run = await jaco(
      engine,
      'backup',
      '--socket',
      follower?.options.socket as string,
      '--output',
      engine.path('a.tar.gz'),
    );
    assert.is(run.code, 1);
    assert.match(run.stderr, 'no_leader: backup requires leader');
    assert.match(run.stderr, leader.id);
    assert.match(run.stderr, leader.options.raftAddress);
    assert.not.ok(existsSync(engine.path('a.tar.gz')));
  });

  test('over TLS an unknown token is refused, and so is a server that another CA has signed', async () => {
    const identity = engine.identity();
    const [leader] = await engine.startCluster(1, { ...identity.flags, token: identity.token });
    const backUpWith = (token: string, caCertificate: string) =>
      jaco(
        engine,
        ...['backup', '--server', leader.options.grpcAddress, '--token', token],
        ...['--ca-cert', caCertificate, '--output', engine.path('a.tar.gz')],
      );
    const unknown = await backUpWith('0'.repeat(64), identity.caCertificate);
    assert.is(unknown.code, 1);
    assert.match(unknown.stderr, 'Error: token_invalid: ');
    const foreign = await backUpWith(identity.token, engine.identity('elsewhere').caCertificate);
    assert.is(foreign.code, 1);
    assert.match(foreign.stderr, /certificate/i);
    assert.not.ok((await leader.dump()).audit.some(({ type }) => type === backupTaken));
  });

  test('a node that belongs to no cluster refuses', async () => {
    const lonely = await engine.start({ id: 'lonely', socket: engine.path('lonely.sock') });
    const run = await jaco(
      engine,
      'backup',
      '--socket',
      lonely.options.socket as string,
      '--output',
      engine.path('a.tar.gz'),
    );
    assert.is(run.code, 1);
    assert.match(run.stderr, 'no_cluster');
  });
});

/** Takes backups of a three-voter cluster under write load and holds each against what the engine acknowledged. */
async function checkBackupUnderLoad(engine: Engine, flags: Record<string, string>, route: Route): Promise<void> {
  const [leader, ...followers] = await engine.startCluster(3, { ...flags, 'snapshot-threshold': 1_000_000 });
  await leader.startLoad('load', 4, 200);
  const archives: ArchiveReading[] = [];
  for (const name of ['first.tar.gz', 'second.tar.gz']) {
    await sleep(300);
    const path = engine.path(name);
    const before = await leader.stats();
    const printed = await jacoSucceeds(engine, 'backup', ...route(leader), '--output', path);
    const after = await leader.stats();
    assert.is(printed, `Wrote ${statSync(path).size} bytes to ${path}\n`);
    const archive = engine.readArchive(path);
    assert.ok(before.appliedIndex <= archive.snapshotIndex, 'the snapshot is a fresh one');
    assert.ok(archive.snapshotIndex < after.appliedIndex, 'writes went on meanwhile');
    archives.push(archive);
  }
  const load = await leader.stopLoad();
  assert.equal(load.failed, []);
  for (const archive of archives) await checkArchive(archive, leader, load);
  for (const follower of followers) await caughtUp(follower, leader);
  await leader.stop();
  for (const archive of archives) checkAgainstStore(archive, engine, leader);
}

/** The state is that of snapshot_index: every write acknowledged at or before it, and none after. */
async function checkArchive(archive: ArchiveReading, leader: EngineNode, load: Load): Promise<void> {
  const covered = byIndex(load.acknowledged.filter((write) => write.index <= archive.snapshotIndex));
  assert.ok(covered.length > 0 && covered.length < load.acknowledged.length, 'the snapshot lies within the load');
  assert.equal(byIndex(archive.state.writes), covered);
  assert.is(archive.leaderAtSnapshot, leader.options.raftAddress);
  const dump = await eventually('the backup is in the audit log', async () => {
    const state = await leader.dump();
    const recorded = state.audit.some(
      (event) => event.type === backupTaken && event.payload['snapshot_index'] === String(archive.snapshotIndex),
    );
    return recorded && state;
  });
  assert.is(archive.clusterId, dump.clusterId);
}

/** The archive holds the very snapshot that lies in the leader's snapshot store. */
function checkAgainstStore(archive: ArchiveReading, engine: Engine, leader: EngineNode): void {
  const { snapshots } = engine.describe(join(leader.options.dataDirectory, 'raft'));
  const stored = snapshots.find((snapshot) => snapshot.index === archive.snapshotIndex);
  assert.equal(
    { term: archive.snapshotTerm, digest: archive.state.digest, sizeBytes: BigInt(archive.state.sizeBytes) },
    { term: stored?.term, digest: stored?.digest, sizeBytes: stored?.sizeBytes },
  );
}

function byIndex(writes: readonly Write[]): Write[] {
  return [...writes].sort((a, b) => (a.index < b.index ? -1 : 1));
}
