import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { placeKeyring } from '../builders/keyrings.js';
import { seededRandom } from '../faults/crash-states.js';
import { calmElections, caughtUp, type Engine, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { Write } from './engine-replies.js';
import { jacoSucceeds } from './jaco-program.js';
import { keyFlags, recoveredWrites } from './recovered-node.js';

/** How many clusters are killed under load; as many as are asked for, for the counts in docs/reliability.md. */
const rounds = Number(process.env['JACO_RECOVERY_ROUNDS'] ?? 3);
/** What a round draws, and which kind it is, repeats with its seed. */
const firstSeed = Number(process.env['JACO_RECOVERY_SEED'] ?? 1);

/** A cluster that is about to be killed. */
interface Doomed {
  /** Takes the writes. */
  readonly leader: EngineNode;
  /** Two of their disks hold all that was acknowledged. */
  readonly voters: readonly EngineNode[];
  /** Their disks are recovered from too. */
  readonly nonvoters?: readonly EngineNode[];
  /** Whose log ends in entries that were never committed, behind this index. */
  readonly astray?: { readonly node: EngineNode; readonly after: bigint };
  readonly acknowledged: readonly Write[];
  /** Which nodes begin a snapshot right before they are killed. */
  readonly snapshotsAtEnd?: readonly EngineNode[];
}

type Random = () => number;
type Kind = (engine: Engine, random: Random) => Promise<Doomed>;

/** What the cluster has been through before it is killed, by turns. */
const kinds: readonly (readonly [string, Kind])[] = [
  ['a young cluster', young],
  ['after compaction', (engine, random) => compacted(engine, random)],
  ['in the middle of a snapshot', midSnapshot],
  ['with a nonvoter', withNonvoter],
  ['with a conflicting tail', conflictingTail],
  ['sealed', (engine, random) => compacted(engine, random, placeKeyring('ring-1', engine.path('ring.json')))],
];

await engineSuite('clusters that were killed at random moments under load', (test, engine) => {
  for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
    const [kind, prepare] = kinds[seed % kinds.length] as (typeof kinds)[number];
    test(`are recovered with all that a disk held, and from the better of two with all that was acknowledged (round ${seed}, ${kind})`, async () => {
      const { random, doomed } = await preparedFor(engine, prepare, seed);
      const acknowledged = [...doomed.acknowledged, ...(await killUnderLoad(doomed, random))];
      const disks = [...doomed.voters, ...(doomed.nonvoters ?? [])];
      await Promise.all(disks.map((node) => recoversAllThatItHeld(engine, node, acknowledged, doomed.astray)));
      const left = [...doomed.voters];
      left.splice(Math.floor(random() * left.length), 1);
      const best = await bestOf(engine, [...left, ...(doomed.nonvoters ?? [])]);
      const held = await recoveredWrites(engine, best, 'chosen');
      for (const { name } of acknowledged) assert.ok(held.has(name), `${name} was acknowledged and is gone`);
    });
  }
});

/**
 * A leader that hears of no follower for a second, as on a busy machine, gives up its office. That says nothing of a recovery: the
 * cluster, which is not yet under load, is made anew, with the same draws.
 */
async function preparedFor(engine: Engine, prepare: Kind, seed: number) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const random = seededRandom(seed);
      return { random, doomed: await prepare(engine, random) };
    } catch (error) {
      if (attempt === 5 || !/leadership lost|not the leader/.test(String(error))) throw error;
      await engine.close();
      engine.open();
    }
  }
}

async function young(engine: Engine): Promise<Doomed> {
  const voters = await engine.startCluster(3, { 'snapshot-threshold': 100_000 });
  return { leader: voters[0], voters, acknowledged: [] };
}

/** Some have a snapshot and little of the log before it. */
async function compacted(engine: Engine, random: Random, keyFile?: string): Promise<Doomed> {
  const voters = await engine.startCluster(3, {
    'trailing-logs': 10,
    ...(keyFile === undefined ? {} : { 'key-file': keyFile }),
  });
  const [leader, ...followers] = voters;
  const acknowledged = await leader.write('w', 60);
  await Promise.all(followers.map((node) => caughtUp(node, leader)));
  for (const node of voters) if (random() < 0.7) await node.snapshot();
  return { leader, voters, acknowledged, snapshotsAtEnd: voters.filter(() => random() < 0.3) };
}

async function midSnapshot(engine: Engine, random: Random): Promise<Doomed> {
  const voters = await engine.startCluster(3, { 'trailing-logs': 10 });
  const [leader, ...followers] = voters;
  const acknowledged = await leader.write('w', 30, { sizeBytes: 100_000 });
  await Promise.all(followers.map((node) => caughtUp(node, leader)));
  if (random() < 0.5) await leader.snapshot();
  return { leader, voters, acknowledged, snapshotsAtEnd: voters };
}

async function withNonvoter(engine: Engine, random: Random): Promise<Doomed> {
  const voters = await engine.startCluster(3, { 'trailing-logs': 10 });
  const [leader] = voters;
  const acknowledged = await leader.write('w', 20);
  // It then begins with the leader's snapshot.
  if (random() < 0.5) await leader.snapshot();
  const spare = await engine.start({ id: 'spare', flags: calmElections });
  await leader.add(spare, 'nonvoter');
  if (random() < 0.5) await caughtUp(spare, leader);
  return { leader, voters, nonvoters: [spare], acknowledged };
}

/** One led once, and appended what no other has. It may have come back, and be about to lose that. */
async function conflictingTail(engine: Engine, random: Random): Promise<Doomed> {
  const [old, two, three] = (await engine.startCluster(3)) as [EngineNode, EngineNode, EngineNode];
  const before = await old.write('w', 10);
  await Promise.all([two, three].map((node) => caughtUp(node, old)));
  await Promise.all([two.kill(), three.kill()]);
  void old.write('lonely', 1 + Math.floor(random() * 20)).catch(() => undefined);
  await wait(300);
  await old.kill();
  const pair = await Promise.all([engine.startAgain(two), engine.startAgain(three)]);
  const leader = await Promise.any(pair.map(leading));
  const comesBack = random() < 0.5 ? [await engine.startAgain(old)] : [];
  return {
    leader,
    voters: [...pair, comesBack[0] ?? old],
    astray: { node: comesBack[0] ?? old, after: before.at(-1)?.index ?? 0n },
    acknowledged: before,
  };
}

/** Kills all nodes at random moments while the leader writes, and gives the writes that it had acknowledged. */
async function killUnderLoad(
  { leader, voters, nonvoters = [], acknowledged: before, snapshotsAtEnd = [] }: Doomed,
  random: Random,
): Promise<readonly Write[]> {
  const acknowledged: Write[] = [];
  const load = (async () => {
    for (let from = before.length; ; from += 5) acknowledged.push(...(await leader.write('w', 5, { from })));
  })().catch(() => undefined);
  await wait(100 + random() * 400);
  for (const node of snapshotsAtEnd) void node.snapshot().catch(() => undefined);
  const moments = [...voters, ...nonvoters].map((node) => ({ node, afterMs: random() * 60 }));
  await Promise.all(
    moments.map(async ({ node, afterMs }) => {
      await wait(afterMs);
      await node.kill();
    }),
  );
  await load;
  return acknowledged;
}

/** What a disk held is the log's: every acknowledged write up to its last index, and no hole in the order of writes. */
async function recoversAllThatItHeld(
  engine: Engine,
  node: EngineNode,
  acknowledged: readonly Write[],
  astray: Doomed['astray'],
): Promise<void> {
  const { lastIndex } = engine.describe(join(node.options.dataDirectory, 'raft'), keyFlags(node)[1]);
  const held = await recoveredWrites(engine, node, `from-${node.id}`);
  const isAstray = astray?.node === node && held.has('lonely-0');
  const common = isAstray && astray.after < lastIndex ? astray.after : lastIndex;
  for (const { name, index } of acknowledged) {
    if (index <= common) assert.ok(held.has(name), `${node.id} held ${name} at ${index}`);
  }
  const numbered = [...held].filter((name) => name.startsWith('w-')).length;
  for (let number = 0; number < numbered; number += 1)
    assert.ok(held.has(`w-${number}`), `${node.id}: w-${number} of ${numbered}`);
}

async function bestOf(engine: Engine, nodes: readonly EngineNode[]): Promise<EngineNode> {
  const directories = nodes.map(({ options }) => options.dataDirectory);
  const key = keyFlags(nodes[0] as EngineNode);
  const { best } = JSON.parse(await jacoSucceeds(engine, 'recover', '-o', 'json', '--compare', ...directories, ...key));
  return nodes.find(({ options }) => best === join(options.dataDirectory, 'raft')) as EngineNode;
}
