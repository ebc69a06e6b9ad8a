import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { caughtUp, type Engine, engineSuite, eventually } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { Load, Write } from './engine-replies.js';
import { jaco, jacoSucceeds } from './jaco-program.js';

/** Both ways of asking for a backup, as flags of `jaco backup`. */
type Route = (leader: EngineNode) => readonly string[];

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

  test('an unknown token is refused over TLS', async () => {
    const identity = engine.identity();
    const [leader] = await engine.startCluster(1, { ...identity.flags, token: identity.token });
    const run = await jaco(
      engine,
      ...['backup', '--server', leader.options.grpcAddress, '--token', '0'.repeat(64)],
      ...['--ca-cert', identity.caCertificate, '--output', engine.path('a.tar.gz')],
    );
    assert.is(run.code, 1);
    assert.match(run.stderr, 'token_invalid');
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
  const archives: string[] = [];
  for (const name of ['first.tar.gz', 'second.tar.gz']) {
    await sleep(300);
    const path = engine.path(name);
    const printed = await jacoSucceeds(engine, 'backup', ...route(leader), '--output', path);
    assert.match(printed, /^Wrote \d+ bytes to /);
    archives.push(path);
  }
  const load = await leader.stopLoad();
  assert.equal(load.failed, []);
  for (const path of archives) await checkArchive(engine, path, leader, load);
  for (const follower of followers) await caughtUp(follower, leader);
}

async function checkArchive(engine: Engine, path: string, leader: EngineNode, load: Load): Promise<void> {
  const archive = engine.readArchive(path);
  const covered = byIndex(load.acknowledged.filter((write) => write.index <= archive.snapshotIndex));
  assert.ok(covered.length > 0 && covered.length < load.acknowledged.length, 'the snapshot lies within the load');
  assert.equal(byIndex(archive.state.writes), covered);
  assert.is(archive.leaderAtSnapshot, leader.options.raftAddress);
  const dump = await eventually('the backup is in the audit log', async () => {
    const state = await leader.dump();
    const recorded = state.audit.some(
      (event) => event.type === 13 && event.payload['snapshot_index'] === String(archive.snapshotIndex),
    );
    return recorded && state;
  });
  assert.is(archive.clusterId, dump.clusterId);
}

function byIndex(writes: readonly Write[]): Write[] {
  return [...writes].sort((a, b) => (a.index < b.index ? -1 : 1));
}
