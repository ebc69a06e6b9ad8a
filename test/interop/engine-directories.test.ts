import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { caughtUp, type Engine, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { RaftDirectory } from './engine-replies.js';
import { comparable, ourReading } from './our-reading.js';

/** What can have happened to a snapshot's directory. */
const damages: Readonly<Record<string, (directory: string) => void>> = {
  'has a flipped bit': (directory) => {
    const path = join(directory, 'state.bin');
    const content = readFileSync(path);
    content.writeUInt8(content.readUInt8(100) ^ 0x10, 100);
    writeFileSync(path, content);
  },
  'is cut short': (directory) => truncateSync(join(directory, 'state.bin'), 50),
  'has lost its state.bin': (directory) => rmSync(join(directory, 'state.bin')),
  'has half a meta.json': (directory) => truncateSync(join(directory, 'meta.json'), 30),
  'was never finished': (directory) => renameSync(directory, `${directory}.tmp`),
};

await engineSuite(
  "raft directories that the engine wrote, read by our own readers and by the engine's",
  (test, engine) => {
    test('a node with restarts, several snapshots and entries after the newest', async () => {
      let [node] = await engine.startCluster(1, { 'trailing-logs': 30 });
      for (let round = 0; round < 4; round++) {
        await node.write(`round-${round}`, 200, { sizeBytes: 50 });
        if (round < 3) await node.snapshot();
        await (round % 2 === 0 ? node.stop() : node.kill());
        node = await leading(await engine.startAgain(node));
      }
      await node.stop();
      const seen = await bothSeeTheSame(engine, raftOf(node));
      assert.is(seen.snapshots.length, 3);
      assert.ok(seen.lastIndex > (seen.snapshots[0]?.index as bigint));
      assert.ok((seen.currentTerm as bigint) >= 5n);
    });

    test('a follower that voted for others, in a cluster with a member without a vote', async () => {
      const [first, second, third] = (await engine.startCluster(3)) as [EngineNode, EngineNode, EngineNode];
      await first.add(await engine.start({ id: 'observer' }), 'nonvoter');
      await first.write('before', 300);
      await caughtUp(third, first);
      await third.snapshot();
      await caughtUp(second, first);
      await first.transferTo(second);
      await leading(second);
      await second.write('after', 300);
      await caughtUp(third, second);
      await third.stop();
      const seen = await bothSeeTheSame(engine, raftOf(third));
      assert.is(seen.lastVoteCand, second.options.raftAddress);
      assert.equal(
        seen.snapshots[0]?.servers.map((server) => server.suffrage),
        ['Voter', 'Voter', 'Voter', 'Nonvoter'],
      );
    });

    test('a late follower that was sent a snapshot instead of the log', async () => {
      const [leader] = await engine.startCluster(1, { 'trailing-logs': 5 });
      await leader.write('before', 500, { sizeBytes: 100 });
      await leader.snapshot();
      const late = await engine.start({ id: 'late' });
      await leader.add(late);
      await caughtUp(late, leader);
      await late.kill();
      const seen = await bothSeeTheSame(engine, raftOf(late));
      assert.is(seen.snapshots.length, 1);
      assert.ok(seen.firstIndex > (seen.snapshots[0]?.index as bigint));
    });

    test('a log of tens of thousands of entries, some of many pages', async () => {
      const [node] = await engine.startCluster(1);
      await node.write('small', 20_000);
      await node.write('large', 20, { sizeBytes: 100_000 });
      await node.kill();
      assert.ok((await bothSeeTheSame(engine, raftOf(node))).entries > 20_000);
    });

    for (const [freelist, flags] of [
      ['in it', []],
      ['kept out of it', ['--no-freelist']],
    ] as const) {
      test(`a file written to, compacted and truncated thousands of times, the freelist ${freelist}`, async () => {
        const [node] = await engine.startCluster(1);
        await node.stop();
        for (let round = 0; round < 4; round++) {
          engine.tool(['hammer-bolt', '--count', '1000', ...flags, join(raftOf(node), 'log.db')]);
          await bothSeeTheSame(engine, raftOf(node));
        }
      });
    }

    test('snapshots whose names do not sort by age', async () => {
      const ages = [
        { term: '9', index: '10000' },
        { term: '10', index: '999' },
        { term: '10', index: '1000' },
        { term: '2', index: '99999999999' },
        { term: '18446744073709551615', index: '1' },
      ];
      writeFileSync(engine.path('state'), 'x');
      for (const { term, index } of ages) {
        engine.tool([
          ...['make-store', '--raft-dir', engine.path('raft'), '--state', engine.path('state')],
          ...['--term', term, '--index', index],
        ]);
      }
      const { snapshots } = await bothSeeTheSame(engine, engine.path('raft'));
      assert.equal(
        snapshots.map(({ term, index }) => `${term}-${index}`),
        ['18446744073709551615-1', '10-1000', '10-999', '9-10000', '2-99999999999'],
      );
    });

    test('a newest snapshot under another name than its own: both fall back to the same one', async () => {
      const [node] = await engine.startCluster(1);
      for (let round = 0; round < 2; round++) {
        await node.write(`round-${round}`, 20);
        await node.snapshot();
      }
      await node.stop();
      const [newest, next] = engine.describe(raftOf(node)).snapshots;
      const pathOf = (name = ''): string => join(raftOf(node), 'snapshots', name);
      renameSync(pathOf(newest?.id), pathOf(`${newest?.id}0`));
      // The engine still lists it, under a name by which it cannot be opened; our reader skips it.
      const opening = ({ snapshots }: RaftDirectory) => snapshots.filter(({ opens }) => opens).map(({ id }) => id);
      assert.equal(opening(engine.describe(raftOf(node))), [next?.id]);
      assert.equal(
        (await ourReading(raftOf(node))).snapshots.map(({ id }) => id),
        [next?.id],
      );
    });

    for (const [what, damage] of Object.entries(damages)) {
      test(`the newest snapshot ${what}: both fall back to the same one`, async () => {
        const [node] = await engine.startCluster(1);
        for (let round = 0; round < 3; round++) {
          await node.write(`round-${round}`, 20);
          await node.snapshot();
        }
        await node.stop();
        const [newest, next] = engine.describe(raftOf(node)).snapshots;
        damage(join(raftOf(node), 'snapshots', newest?.id as string));
        const seen = await bothSeeTheSame(engine, raftOf(node));
        assert.is(seen.snapshots.find((snapshot) => snapshot.opens)?.id, next?.id);
        const again = await engine.startAgain(node);
        assert.is((await again.dump()).restored.digest, next?.digest);
      });
    }
  },
);

function raftOf(node: EngineNode): string {
  return join(node.options.dataDirectory, 'raft');
}

async function bothSeeTheSame(engine: Engine, raftDirectory: string): Promise<RaftDirectory> {
  const theirs = comparable(engine.describe(raftDirectory));
  assert.equal(await ourReading(raftDirectory), theirs);
  return theirs;
}
