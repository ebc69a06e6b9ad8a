import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { seededRandom } from '../faults/crash-states.js';
import { calmElections, caughtUp, type Engine, engineSuite, eventually, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { Write } from './engine-replies.js';
import { jaco, jacoSucceeds } from './jaco-program.js';

/** How many clusters are killed under load; as many as are asked for, for the counts in docs/reliability.md. */
const rounds = Number(process.env['JACO_RECOVERY_ROUNDS'] ?? 3);
/** The numbers that a round draws repeat with its seed. */
const firstSeed = Number(process.env['JACO_RECOVERY_SEED'] ?? 1);
/** AUDIT_EVENT_TYPE_RESTORE_COMPLETED. */
const restoreCompleted = 14;

await engineSuite('a cluster recovered from the disk of one node', (test, engine) => {
  for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
    test(`holds all that the disk held, and from the better of two disks all that was acknowledged (round ${seed})`, async () => {
      const random = seededRandom(seed);
      const cluster = await engine.startCluster(3, { 'snapshot-threshold': 8192 });
      const acknowledged = await killUnderLoad(cluster, random);
      for (const node of cluster) await recoversAllThatItHeld(engine, node, acknowledged);
      const left = [...cluster];
      left.splice(Math.floor(random() * 3), 1);
      const best = await betterOf(engine, left);
      const held = await recoveredWrites(engine, best, 'chosen');
      for (const { name } of acknowledged) assert.ok(held.has(name), `${name} was acknowledged and is gone`);
    });
  }

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

/** Kills all members at random moments while the first one writes, and gives the writes that it had acknowledged. */
async function killUnderLoad(cluster: readonly EngineNode[], random: () => number): Promise<readonly Write[]> {
  const [leader] = cluster as [EngineNode];
  const acknowledged: Write[] = [];
  const takesSnapshot = random() < 0.5;
  const load = (async () => {
    for (let from = 0; ; from += 5) acknowledged.push(...(await leader.write('w', 5, { from })));
  })().catch(() => undefined);
  await wait(100 + random() * 400);
  if (takesSnapshot) void leader.snapshot().catch(() => undefined);
  await Promise.all(
    cluster.map(async (node) => {
      await wait(random() * 60);
      await node.kill();
    }),
  );
  await load;
  return acknowledged;
}

/** What a disk held is the log's: every acknowledged write up to its last index, and no hole in the order of writes. */
async function recoversAllThatItHeld(engine: Engine, node: EngineNode, acknowledged: readonly Write[]): Promise<void> {
  const { lastIndex } = engine.describe(join(node.options.dataDirectory, 'raft'));
  const held = await recoveredWrites(engine, node, `from-${node.id}`);
  for (const { name, index } of acknowledged) {
    if (index <= lastIndex) assert.ok(held.has(name), `${node.id} held ${name} at ${index}`);
  }
  for (let number = 0; number < held.size; number += 1)
    assert.ok(held.has(`w-${number}`), `w-${number} of ${held.size}`);
}

async function betterOf(engine: Engine, nodes: readonly EngineNode[]): Promise<EngineNode> {
  const directories = nodes.map(({ options }) => options.dataDirectory);
  const { best } = JSON.parse(await jacoSucceeds(engine, 'recover', '-o', 'json', '--compare', ...directories));
  return nodes.find(({ options }) => best === join(options.dataDirectory, 'raft')) as EngineNode;
}

interface Recovered {
  readonly id: string;
  readonly dataDirectory: string;
  readonly raftAddress: string;
}

async function recover(engine: Engine, node: EngineNode, id: string): Promise<Recovered> {
  const dataDirectory = engine.path(id);
  const raftAddress = await engine.freeAddress();
  const log = readFileSync(join(node.options.dataDirectory, 'raft/log.db'));
  await jacoSucceeds(
    engine,
    ...['recover', '--from', node.options.dataDirectory, '--name', id, '--data-dir', dataDirectory],
    ...['--advertise-addr', raftAddress, '--socket', engine.path('absent.sock'), '--no-identity'],
  );
  assert.ok(readFileSync(join(node.options.dataDirectory, 'raft/log.db')).equals(log), 'the source has changed');
  return { id, dataDirectory, raftAddress };
}

/** The names of the writes in a cluster that was recovered from a node's disk, once it leads as its single voter. */
async function recoveredWrites(engine: Engine, from: EngineNode, id: string): Promise<ReadonlySet<string>> {
  const recovered = await recover(engine, from, id);
  const node = await leading(await engine.start(recovered));
  const { configuration } = await node.stats();
  assert.equal(configuration, [{ id, address: recovered.raftAddress, suffrage: 'Voter' }]);
  const restores = await eventually(`${id} records the recovery`, async () => {
    const events = (await node.dump()).audit.filter(({ type }) => type === restoreCompleted);
    return events.length > 0 && events;
  });
  assert.is(restores.length, 1);
  const { writes } = await node.dump();
  await node.kill();
  return new Set(writes.map(({ name }) => name));
}
