import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { calmElections, caughtUp, type Engine, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { ArchiveReport } from './engine-replies.js';
import { backUp, jacoSucceeds, restoreAs } from './jaco-program.js';

const restoreCompleted = 14;
const nodeRemoved = 5;
const ready = 2;

await engineSuite('a cluster restored from a backup', (test, engine) => {
  test('hashicorp/raft boots it under a new name: single voter, same cluster, same state, a later term', async () => {
    const { archive, path } = await backedUpCluster(engine);
    const restored = await restoreAs(engine, path, 'recovered');
    const seeded = engine.describe(join(restored.dataDirectory, 'raft'));
    assert.is(seeded.currentTerm, archive.snapshotTerm);
    assert.equal([seeded.firstIndex, seeded.lastIndex], [archive.snapshotIndex + 1n, archive.snapshotIndex + 1n]);
    assert.equal(
      seeded.snapshots.map(({ index, term, digest }) => ({ index, term, digest })),
      [{ index: archive.snapshotIndex, term: archive.snapshotTerm, digest: archive.state.digest }],
    );

    const node = await leading(await engine.start(restored));

    const stats = await node.stats();
    assert.equal(stats.configuration, [{ id: 'recovered', address: restored.raftAddress, suffrage: 'Voter' }]);
    assert.ok(stats.term > archive.snapshotTerm, `term ${stats.term} after ${archive.snapshotTerm}`);
    const state = await node.dump();
    assert.is(state.restored.digest, archive.state.digest);
    assert.is(state.clusterId, archive.clusterId);
    assert.equal(state.writes, archive.state.writes);
    const [write] = await node.write('after', 1);
    assert.ok((write?.index as bigint) > archive.snapshotIndex);
  });

  test('the first boot shows exactly one voter, this node, ready at the addresses that restore chose for it', async () => {
    const { path } = await backedUpCluster(engine);
    const restored = await restoreAs(engine, path, 'recovered');
    const node = await leading(await engine.start(restored));
    const { nodes } = await node.dump();
    assert.equal(
      nodes.find(({ hostname }) => hostname === 'recovered'),
      { hostname: 'recovered', address: restored.raftAddress, grpcAddress: '127.0.0.1:7000', status: ready },
    );
    const status = await jacoSucceeds(engine, 'cluster', 'status', '--socket', restored.socket);
    assert.match(status, 'Leader:     recovered\n');
    assert.equal(
      status.split('\n').filter((line) => / VOTER\]/.test(line)),
      [`  - recovered @ ${restored.raftAddress} [READY, VOTER]`],
    );
  });

  test('RESTORE_COMPLETED is recorded once, over crashes before and after the first election, restarts and another leader', async () => {
    const { archive, path } = await backedUpCluster(engine);
    const restored = await restoreAs(engine, path, 'recovered');
    // Never elected: its entry stays uncommitted.
    await (await engine.start({ ...restored, flags: { 'election-timeout': '60s' } })).kill();
    const first = await leading(await engine.start({ ...restored, flags: calmElections }));
    const [event, ...others] = await restoreEvents(first);
    assert.is(others.length, 0);
    assert.is(event?.index, archive.snapshotIndex + 1n);
    assert.is(event?.payload['cluster_id'], archive.clusterId);
    assert.is(event?.payload['snapshot_index'], String(archive.snapshotIndex));
    assert.is(event?.payload['taken_at'], archive.takenAt);
    const marker = readFileSync(join(restored.dataDirectory, 'restore.txt'), 'utf8');
    assert.match(marker, `imported_at=${event?.payload['imported_at']}\n`);
    await first.kill();

    const second = await leading(await engine.startAgain(first));
    await second.snapshot();
    const fresh = await engine.start({ id: 'fresh', flags: calmElections });
    await second.add(fresh);
    await caughtUp(fresh, second);
    await second.transferTo(fresh);
    await leading(fresh);
    await second.stop();
    const third = await engine.startAgain(second);
    await caughtUp(third, fresh);
    for (const node of [fresh, third]) assert.is((await restoreEvents(node)).length, 1);
    const audit = await jacoSucceeds(engine, 'audit', '--type', 'restore_completed', '--socket', restored.socket);
    assert.match(audit, `#${event?.index}  RESTORE_COMPLETED  restore`);
    assert.is(audit.trim().split('\n').length, 1);
  });

  for (const [flags, remaining, removed] of [
    [
      ['--remove-node', 'node-3', '--remove-node', 'node-2'],
      ['node-1', 'recovered'],
      ['node-2', 'node-3'],
    ],
    [['--remove-other-nodes'], ['recovered'], ['node-1', 'node-2', 'node-3']],
  ] as const) {
    test(`${flags[0]} takes nodes out of the state`, async () => {
      const { path } = await backedUpCluster(engine);
      const node = await leading(await engine.start(await restoreAs(engine, path, 'recovered', { flags })));
      const { audit, nodes } = await node.dump();
      assert.equal(
        nodes.map(({ hostname }) => hostname),
        remaining,
      );
      assert.equal(
        audit.filter(({ type }) => type === nodeRemoved).map(({ payload }) => payload['hostname']),
        removed,
      );
    });
  }

  test('--bare leaves the state as it was: the engine’s side does not find itself in it, and reports no restore', async () => {
    const { archive, path } = await backedUpCluster(engine);
    const restored = await restoreAs(engine, path, 'recovered', { flags: ['--bare'] });
    const node = await leading(await engine.start(restored));
    const { digest, nodes } = await node.dump();
    assert.is(digest, archive.state.digest);
    assert.not.ok(nodes.some(({ hostname }) => hostname === 'recovered'));
    assert.equal(await restoreEvents(node), []);
  });

  test('fresh nodes join it, one of them takes over, and the restored node comes back as their follower', async () => {
    const { archive, path } = await backedUpCluster(engine);
    const primed = await restoreAs(engine, path, 'recovered');
    const restored = await leading(await engine.start({ ...primed, flags: calmElections }));
    const joined = [];
    for (const id of ['fresh-1', 'fresh-2']) {
      const node = await engine.start({ id, flags: calmElections });
      await restored.add(node);
      joined.push(node);
    }
    const [successor] = joined as [EngineNode, EngineNode];
    await caughtUp(successor, restored);
    // The log of the restored node begins after the snapshot, so the engine had to send the one that we wrote.
    assert.is((await successor.dump()).restored.digest, archive.state.digest);
    await restored.transferTo(successor);
    await leading(successor);
    await restored.stop();
    await successor.write('while-away', 500);

    const returned = await engine.startAgain(restored);

    // It has no way to learn what it missed except that the new leader dials the address in the restored configuration.
    await caughtUp(returned, successor);
    assert.is((await returned.stats()).state, 'Follower');
    assert.is((await returned.stats()).leaderId, 'fresh-1');
    assert.is((await successor.stats()).configuration.length, 3);
  });
});

/** A three-voter cluster that has seen several terms, backed up and then killed whole. */
async function backedUpCluster(engine: Engine): Promise<{ archive: ArchiveReport; path: string }> {
  const [first, second, third] = (await engine.startCluster(3)) as [EngineNode, EngineNode, EngineNode];
  await first.write('before', 400, { sizeBytes: 100 });
  for (const [from, to] of [
    [first, second],
    [second, third],
    [third, first],
  ] as const) {
    await caughtUp(to, from);
    await from.transferTo(to);
    await leading(to);
  }
  await first.write('between', 100);
  const path = await backUp(engine, first, 'cluster.tar.gz');
  await Promise.all([first, second, third].map((node) => node.kill()));
  const archive = engine.readArchive(path);
  assert.is(archive.state.writes.length, 500);
  assert.ok(archive.snapshotTerm >= 5n, `several terms have passed: ${archive.snapshotTerm}`);
  return { archive, path };
}

async function restoreEvents(node: EngineNode) {
  return (await node.dump()).audit.filter((event) => event.type === restoreCompleted);
}
