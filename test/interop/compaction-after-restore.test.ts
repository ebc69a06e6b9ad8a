import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Engine, engineSuite, eventually, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { protoDirectory } from './engine-program.js';
import { type RestoredNode, restoreAs } from './jaco-program.js';

const snapshotTerm = 7n;
const snapshotIndex = 1000n;
const rounds = 3;
const writesPerRound = 12_000;

/** Snapshots come often and keep little of the log behind them, so that a few seconds do what takes weeks elsewhere. */
const eagerCompaction = { 'snapshot-threshold': 2000, 'trailing-logs': 100, 'snapshot-interval': '100ms' };

await engineSuite('the life after a restore', (test, engine) => {
  test('writes, snapshots, compaction and restarts, three times over, lose nothing and keep the order of age', async () => {
    await liveOn(engine, await restoreOldCluster(engine));
  });

  test('the same run fails without the seeded term, so the test above would notice if it were missing', async () => {
    const restored = await restoreOldCluster(engine);
    engine.tool(['forget-term', join(restored.dataDirectory, 'raft/log.db')]);
    let failure: unknown;
    try {
      await liveOn(engine, restored);
    } catch (error) {
      failure = error;
    }
    assert.instance(failure, Error);
    assert.match((failure as Error).message, 'log not found');
  });
});

/** The store of a cluster whose snapshot was taken in a late term: a node that starts over at term 1 would fall behind it. */
async function restoreOldCluster(engine: Engine): Promise<RestoredNode> {
  const archive = engine.path('old.tar.gz');
  rmSync(archive, { force: true });
  engine.tool([
    ...['make-archive', '--proto-dir', protoDirectory, '--out', archive, '--cluster-id', 'old'],
    ...['--index', String(snapshotIndex), '--term', String(snapshotTerm)],
  ]);
  return restoreAs(engine, archive, 'recovered');
}

async function liveOn(engine: Engine, restored: RestoredNode): Promise<void> {
  let node = await leading(await engine.start({ ...restored, flags: eagerCompaction }));
  for (let round = 1; round <= rounds; round++) {
    await node.write(`round-${round}`, writesPerRound);
    await eventually('the log is compacted', async () => {
      const { firstIndex, lastIndex } = await node.stats();
      return firstIndex > snapshotIndex + 1n && lastIndex - firstIndex < BigInt(writesPerRound);
    });
    const before = await node.dump();
    // Once in order, once as by a power cut.
    await (round === 2 ? node.kill() : node.stop());
    node = await leading(await engine.startAgain(node));
    await node.barrier();
    assert.is((await node.dump()).digest, before.digest, `the state after restart ${round}`);
    await checkSnapshots(node);
  }
  const { snapshots } = await node.stats();
  assert.ok(
    snapshots.every((snapshot) => snapshot.index > snapshotIndex),
    'the restored snapshot went first, as the oldest',
  );
  const names = (await node.dump()).writes.map((write) => write.name);
  assert.is(new Set(names).size, rounds * writesPerRound + 1);
}

async function checkSnapshots(node: EngineNode): Promise<void> {
  const { snapshots } = await node.stats();
  const byIndex = [...snapshots].sort((a, b) => (a.index > b.index ? -1 : 1));
  assert.equal(snapshots, byIndex, 'the newest snapshot is the one with the highest index');
  const byTime = [...snapshots].sort((a, b) => takenAtMs(b.id) - takenAtMs(a.id));
  assert.equal(snapshots, byTime, 'the newest snapshot is the one taken last');
  assert.ok(snapshots.every((snapshot) => snapshot.term >= snapshotTerm));
}

/** The engine names a snapshot `<term>-<index>-<milliseconds since 1970>`. */
function takenAtMs(id: string): number {
  return Number(id.split('-')[2]);
}
