import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { calmElections, caughtUp, type Engine, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { ArchiveReport } from './engine-replies.js';
import { backUp, jacoSucceeds, restoreAs } from './jaco-program.js';

const restoreCompleted = 14;

await engineSuite('a cluster restored from a backup', (test, engine) => {
  test('hashicorp/raft boots it under a new name: single voter, same cluster, same state, a later term', async () => {
    const { archive, path } = await backedUpCluster(engine);
    const restored = await restoreAs(engine, path, 'recovered');
    const seeded = engine.describe(join(restored.dataDirectory, 'raft'));
    assert.is(seeded.currentTerm, archive.snapshotTerm);
    assert.is(seeded.lastIndex, 0n);
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

  test('RESTORE_COMPLETED is recorded once, also over restarts, and the status shows the one voter', async () => {
    const { archive, path } = await backedUpCluster(engine);
    const restored = await restoreAs(engine, path, 'recovered');
    const first = await leading(await engine.start(restored));
    const [event, ...others] = await restoreEvents(first);
    assert.is(event?.payload['cluster_id'], archive.clusterId);
    assert.is(event?.payload['snapshot_index'], String(archive.snapshotIndex));
    assert.is(event?.payload['taken_at'], archive.takenAt);
    assert.is(others.length, 0);
    const status = await jacoSucceeds(engine, 'cluster', 'status', '--socket', restored.socket);
    assert.match(status, `recovered @ ${restored.raftAddress} [READY, VOTER]`);
    await first.stop();

    const second = await leading(await engine.startAgain(first));
    assert.is((await restoreEvents(second)).length, 1);
    const audit = await jacoSucceeds(engine, 'audit', '--type', 'restore_completed', '--socket', restored.socket);
    assert.match(audit, `#${event?.index}  RESTORE_COMPLETED`);
    assert.match(
      readFileSync(join(restored.dataDirectory, 'restore.txt'), 'utf8'),
      `cluster_id=${archive.clusterId}\n`,
    );
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
    // The log of the restored node begins behind the snapshot, so the engine had to send the one that we wrote.
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
