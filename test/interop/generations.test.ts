import * as assert from 'uvu/assert';
import { engineSuite, leading } from './engine.js';
import { backUp, restoreAs } from './jaco-program.js';

await engineSuite('backup and restore over generations', (test, engine) => {
  test('three generations of backup, restore and boot keep the state, the cluster and the order of terms', async () => {
    let [node] = await engine.startCluster(1);
    const { clusterId } = await node.dump();
    let lastTerm = 0n;
    let lastIndex = 0n;
    for (let generation = 1; generation <= 3; generation++) {
      await node.write(`generation-${generation}`, 300, { sizeBytes: 300 });
      const before = await node.dump();
      const path = await backUp(engine, node, `generation-${generation}.tar.gz`);
      const archive = engine.readArchive(path);
      assert.is(archive.state.digest, before.digest, `archive ${generation} is the state that was backed up`);
      assert.is(archive.clusterId, clusterId);
      assert.ok(archive.snapshotTerm > lastTerm && archive.snapshotIndex > lastIndex, 'term and index go on');
      await node.kill();

      node = await leading(await engine.start(await restoreAs(engine, path, `generation-${generation}`)));

      const after = await node.dump();
      assert.is(after.restored.digest, before.digest, `generation ${generation} boots the state that was backed up`);
      assert.is(after.restored.count, 1);
      assert.is(after.writes.length, generation * 300);
      lastTerm = archive.snapshotTerm;
      lastIndex = archive.snapshotIndex;
    }
  });
});
