import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { calmElections, caughtUp, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { jaco, jacoSucceeds } from './jaco-program.js';
import { recover, recoveredWrites } from './recovered-node.js';

await engineSuite('a cluster recovered from the disk of one node', (test, engine) => {
  test('goes on from a nonvoter’s disk', async () => {
    const [leader] = await engine.startCluster(1);
    const nonvoter = await engine.start({ id: 'spare', flags: calmElections });
    await leader.add(nonvoter, 'nonvoter');
    await leader.write('w', 50);
    await caughtUp(nonvoter, leader);
    await Promise.all([leader.kill(), nonvoter.kill()]);
    assert.is((await recoveredWrites(engine, nonvoter, 'recovered')).size, 50);
  });

  test('goes on from a disk with a snapshot and a compacted log, takes members and snapshots, and survives its restart', async () => {
    const [leader] = await engine.startCluster(1, { 'trailing-logs': 10 });
    await leader.write('before', 200);
    await leader.snapshot();
    await leader.write('after', 30);
    await leader.kill();
    const recovered = await recover(engine, leader, 'recovered');
    const node = await leading(await engine.start({ ...recovered, flags: calmElections }));
    assert.is(new Set((await node.dump()).writes.map(({ name }) => name)).size, 230);
    await node.write('new', 20);
    await node.snapshot();
    const fresh = await engine.start({ id: 'fresh', flags: calmElections });
    await node.add(fresh);
    await caughtUp(fresh, node);
    await node.transferTo(fresh);
    await leading(fresh);
    await node.stop();
    const again = await engine.startAgain(node);
    await caughtUp(again, fresh);
    assert.is((await again.dump()).writes.length, 250);
  });

  test('keeps the tail of a leader that no majority had seen, and parts where another disk has other entries', async () => {
    const [one, two, three] = await engine.startCluster(3);
    await one.write('common', 10);
    await Promise.all([caughtUp(two as EngineNode, one), caughtUp(three as EngineNode, one)]);
    await Promise.all([two?.kill(), three?.kill()]);
    // Appended here and nowhere else.
    void one.write('lonely', 5).catch(() => undefined);
    await wait(300);
    await one.kill();
    const [b, c] = await Promise.all([engine.startAgain(two as EngineNode), engine.startAgain(three as EngineNode)]);
    const leader = await Promise.any([leading(b), leading(c)]);
    await leader.write('committed', 3);
    await Promise.all([b.kill(), c.kill()]);
    const comparison = JSON.parse(
      await jacoSucceeds(
        engine,
        ...['recover', '-o', 'json', '--compare', one.options.dataDirectory],
        leader.options.dataDirectory,
      ),
    );
    assert.is(comparison.best, join(leader.options.dataDirectory, 'raft'));
    assert.is(comparison.stores[1].differs, true);
    const lonely = await recoveredWrites(engine, one, 'from-one');
    assert.ok(lonely.has('lonely-0') && !lonely.has('committed-0'));
    const committed = await recoveredWrites(engine, leader, 'from-leader');
    assert.ok(committed.has('committed-2') && !committed.has('lonely-0'));
  });

  test('takes over the pages that bbolt wrote into a file that passes its check, also after further writes', async () => {
    const [leader] = await engine.startCluster(1, { 'snapshot-threshold': 100_000 });
    await leader.write('small', 3000, { sizeBytes: 60 });
    await leader.write('large', 100, { sizeBytes: 9000 });
    await leader.kill();
    const recovered = await recover(engine, leader, 'recovered');
    const log = join(recovered.dataDirectory, 'raft/log.db');
    engine.tool(['check-bolt', log]);
    const node = await leading(await engine.start({ ...recovered, flags: calmElections }));
    await node.write('new', 200);
    assert.is((await node.dump()).writes.length, 3300);
    await node.stop();
    engine.tool(['check-bolt', log]);
  });

  test('goes on from a disk whose node was killed while it wrote a snapshot', async () => {
    const [leader] = await engine.startCluster(1);
    await leader.write('w', 150, { sizeBytes: 200_000 });
    const snapshots = join(leader.options.dataDirectory, 'raft/snapshots');
    const unfinished = () => readdirSync(snapshots).filter((name) => name.endsWith('.tmp'));
    // Not every kill comes in time.
    for (let again = leader, attempt = 0; unfinished().length === 0; attempt += 1) {
      assert.ok(attempt < 20, 'no kill left an unfinished snapshot');
      if (attempt > 0) again = await leading(await engine.startAgain(again));
      void again.snapshot().catch(() => undefined);
      for (let look = 0; look < 2000 && unfinished().length === 0; look += 1) await wait(1);
      await again.kill();
    }
    assert.is((await recoveredWrites(engine, leader, 'recovered')).size, 150);
    assert.equal(readdirSync(join(engine.path('recovered'), 'raft')), ['log.db', 'snapshots']);
  });

  test('is refused from a disk that a node has open', async () => {
    const [leader] = await engine.startCluster(1);
    const words = ['recover', '--from', leader.options.dataDirectory, '--name', 'x', '--data-dir', engine.path('x')];
    const { code, stderr } = await jaco(engine, ...words, '--advertise-addr', '127.0.0.1:1');
    assert.is(code, 1);
    assert.match(stderr, /log\.db: process \d+ holds its lock/);
  });
});
