import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { placeKeyring, type RingName } from '../builders/keyrings.js';
import { caughtUp, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { jaco, jacoSucceeds } from './jaco-program.js';

const restoreCompleted = 14;

await engineSuite('a sealed cluster recovered from the disk of one node', (test, engine) => {
  const ring = (name: RingName): string => placeKeyring(name, engine.path(`${name}.json`));

  /** Three sealed voters with the same 60 writes, killed. */
  async function killed(keyFile: string): Promise<readonly EngineNode[]> {
    const cluster = await engine.startCluster(3, { 'key-file': keyFile, 'trailing-logs': 10 });
    const [leader] = cluster;
    await leader.write('before', 40);
    await leader.snapshot();
    await leader.write('after', 20);
    await Promise.all(cluster.slice(1).map((node) => caughtUp(node, leader)));
    await Promise.all(cluster.map((node) => node.kill()));
    return cluster;
  }

  test('boots from one disk as the single voter, with all writes, and goes on through a snapshot and a kill', async () => {
    const keyFile = ring('ring-1');
    const cluster = await killed(keyFile);
    const key = ['--key-file', keyFile];
    const directories = cluster.map(({ options }) => options.dataDirectory);
    const compared = JSON.parse(
      await jacoSucceeds(engine, 'recover', '-o', 'json', '--compare', ...directories, ...key),
    );
    assert.is(compared.stores.length, 3);
    for (const [position, from] of directories.entries()) {
      const id = `from-${position}`;
      const [dataDirectory, raftAddress] = [engine.path(id), await engine.freeAddress()];
      await jacoSucceeds(
        engine,
        ...['recover', '--from', from, '--name', id, '--data-dir', dataDirectory, ...key],
        ...['--advertise-addr', raftAddress, '--socket', engine.path('absent.sock'), '--no-identity'],
      );
      engine.checkSealed(dataDirectory, keyFile);
      const options = { id, dataDirectory, raftAddress, flags: { 'key-file': keyFile } };
      const node = await leading(await engine.start(options));
      assert.equal((await node.stats()).configuration, [{ id, address: raftAddress, suffrage: 'Voter' }]);
      assert.is((await node.dump()).writes.length, 60);
      await node.write('new', 5);
      await node.snapshot();
      await node.kill();
      engine.checkSealed(dataDirectory, keyFile);
      const again = await leading(await engine.startAgain(node));
      const { writes, audit } = await again.dump();
      assert.is(writes.length, 65);
      assert.is(audit.filter(({ type }) => type === restoreCompleted).length, 1);
      await again.kill();
    }
  });

  test('is looked into with its ring, found without it, and refused under another', async () => {
    const keyFile = ring('ring-1');
    const [node] = (await killed(keyFile)) as [EngineNode];
    const { dataDirectory } = node.options;
    const inspecting = ['inspect', dataDirectory, '-o', 'json'];
    const open = JSON.parse(await jacoSucceeds(engine, ...inspecting, '--key-file', keyFile));
    assert.equal([open.sealed, open.lost, open.members.length], [true, null, 3]);
    const closed = JSON.parse(await jacoSucceeds(engine, ...inspecting));
    assert.equal([closed.sealed, closed.cluster_id, closed.log], [true, null, open.log]);
    const recovering = ['recover', '--from', dataDirectory, '--name', 'x', '--data-dir', engine.path('x')];
    const rest = ['--advertise-addr', '127.0.0.1:1', '--socket', engine.path('absent.sock')];
    assert.match((await jaco(engine, ...recovering, ...rest)).stderr, 'no keyring is at hand');
    const other = await jaco(engine, ...recovering, ...rest, '--key-file', ring('other-ring'));
    assert.is(other.code, 1);
    assert.throws(() => engine.describe(join(engine.path('x'), 'raft')));
  });
});
