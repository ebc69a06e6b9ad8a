import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { placeKeyring } from '../builders/keyrings.js';
import { calmElections, caughtUp, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { backUp } from './jaco-program.js';

/** In the name of every write of these tests, so that it can be looked for on a disk. */
const marker = 'plain-on-no-disk';

await engineSuite("a cluster of the engine's side that seals its state", (test, engine) => {
  test('comes back from restarts, kills and snapshots, and each time is one to boot from', async () => {
    const keyFile = placeKeyring('ring-1', engine.path('ring.json'));
    let [node] = await engine.startCluster(1, { 'key-file': keyFile, 'trailing-logs': 30 });
    for (let round = 0; round < 4; round++) {
      await node.write(`${marker}-${round}`, 100, { sizeBytes: 50 });
      if (round < 3) await node.snapshot();
      await (round % 2 === 0 ? node.stop() : node.kill());
      engine.checkSealed(node.options.dataDirectory, keyFile);
      node = await leading(await engine.startAgain(node));
    }
    assert.is((await node.dump()).writes.length, 400);
    await node.stop();
    assert.equal(filesWith(marker, node.options.dataDirectory), []);
    const seen = engine.describe(join(node.options.dataDirectory, 'raft'), keyFile);
    assert.is(seen.snapshots.length, 3);
    assert.ok(seen.snapshots.every(({ opens }) => opens));
  });

  test('sends a late node its snapshot, which that node seals in its own place', async () => {
    const keyFile = placeKeyring('ring-2', engine.path('ring.json'));
    const [leader] = await engine.startCluster(1, { 'key-file': keyFile, 'trailing-logs': 5, ...calmElections });
    await leader.write(marker, 300, { sizeBytes: 100 });
    await leader.snapshot();
    const late = await engine.start({ id: 'late', flags: { 'key-file': keyFile, ...calmElections } });
    await leader.add(late);
    await caughtUp(late, leader);
    assert.is((await late.dump()).restored.count, 1);
    await Promise.all([late.stop(), leader.stop()]);
    for (const node of [late, leader] as readonly EngineNode[]) {
      engine.checkSealed(node.options.dataDirectory, keyFile);
      assert.equal(filesWith(marker, node.options.dataDirectory), []);
    }
  });

  test('gives a backup of schema 2, which its ring opens and which is the state of its index', async () => {
    const keyFile = placeKeyring('ring-1', engine.path('ring.json'));
    const [node] = await engine.startCluster(1, { 'key-file': keyFile });
    const written = await node.write(marker, 200);
    const path = await backUp(engine, node, 'sealed.tar.gz');
    const archive = engine.readArchive(path, { keyFile });
    assert.equal(archive.state.writes, written);
    assert.is(archive.clusterId, (await node.dump()).clusterId);
    assert.throws(
      () => engine.readArchive(path, { keyFile: placeKeyring('other-ring', engine.path('other.json')) }),
      /does not open under the key cluster-v1/,
    );
  });
});

/** The files below a directory that hold a text. */
function filesWith(text: string, directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}
