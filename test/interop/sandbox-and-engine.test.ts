import { cpSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Engine, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import type { ArchiveReading, RaftDirectory } from './engine-replies.js';
import { backUp, backUpAt, jaco, restoreAs } from './jaco-program.js';
import { startSandbox } from './sandbox-program.js';

const backupTaken = 13;
const restoreCompleted = 14;

/** The engine's side leaves the state as it finds it, so that what it holds is what the directory held. */
const quiet = { duties: false } as const;

/** Only a short log stays after a snapshot. */
const compacting = { duties: false, 'trailing-logs': 10 } as const;

await engineSuite('data directories that go between the sandbox and the engine', (test, engine) => {
  test('the engine boots and continues what the sandbox made and used, with the same state', async () => {
    const dataDirectory = await livedInBySandbox(engine, 'solo');
    const left = engine.describe(join(dataDirectory, 'raft'));
    assert.ok(left.entries >= 2 && left.firstIndex === (left.snapshots[0]?.index as bigint) + 1n, 'a log to replay');
    const held = await stateBySandbox(engine, dataDirectory);

    const node = await leading(await engine.start({ id: 'solo', dataDirectory, flags: quiet }));

    assert.is(await node.canonicalDigest(), held.canonicalDigest);
    const { audit, clusterId } = await node.dump();
    assert.is(clusterId, held.clusterId);
    assert.equal(audit, held.state.audit);
    assert.is(audit.filter((event) => event.type === backupTaken).length, 3);
    const stats = await node.stats();
    assert.equal(stats.configuration, [{ id: 'solo', address: '127.0.0.1:7001', suffrage: 'Voter' }]);
    assert.ok(stats.term > (left.currentTerm as bigint));
    await goesOn(engine, node, left);
  });

  test('the engine boots what was restored and booted by the sandbox, and RESTORE_COMPLETED stays the only one', async () => {
    const restored = await restoreAs(engine, await engineBackup(engine), 'recovered');
    const sandbox = await startSandbox(engine, restored.dataDirectory);
    await backUpAt(engine, sandbox.socket, 'by-sandbox.tar.gz');
    await sandbox.stop();

    const node = await leading(await engine.start(restored));

    const { audit } = await node.dump();
    assert.equal(
      audit.map((event) => event.type).filter((type) => type === restoreCompleted || type === backupTaken),
      [restoreCompleted, backupTaken],
    );
  });

  test('the sandbox boots what the engine used, with the same state, and the engine continues from there', async () => {
    const node = await livedInByEngine(engine);
    const [state, stats] = [await node.canonicalDigest(), await node.stats()];
    await node.kill();
    const { dataDirectory } = node.options;
    assert.ok(engine.describe(join(dataDirectory, 'raft')).entries > 0, 'a log to replay');
    const configurationIndex = await configurationIndexBy(engine, node);

    const sandbox = await startSandbox(engine, dataDirectory);

    const archive = engine.readArchive(await backUpAt(engine, sandbox.socket, 'by-sandbox.tar.gz'));
    assert.is(archive.canonicalDigest, state);
    assert.ok(archive.snapshotIndex > stats.lastIndex && archive.snapshotTerm > stats.term);
    await sandbox.kill();
    const left = engine.describe(join(dataDirectory, 'raft'));
    const [newest] = left.snapshots;
    assert.is(newest?.index, archive.snapshotIndex, "the sandbox's snapshot is the newest by the engine's order");
    assert.equal(newest?.servers, stats.configuration);
    assert.is(newest?.configurationIndex, configurationIndex);
    const again = await leading(await engine.startAgain(node));
    assert.equal((await again.dump()).writes, archive.state.writes);
    assert.is((await again.dump()).audit.at(-1)?.payload['snapshot_index'], String(archive.snapshotIndex));
    await goesOn(engine, again, left);
  });

  test('the sandbox boots what the engine used without ever taking a snapshot, with the same state', async () => {
    const [founder] = await engine.startCluster(1, compacting);
    await founder.write('early', 40);
    const state = await founder.canonicalDigest();
    await founder.kill();
    assert.is((await stateBySandbox(engine, founder.options.dataDirectory)).canonicalDigest, state);
  });

  test('the sandbox does not boot a node of three voters', async () => {
    const [member] = await engine.startCluster(3);
    await member.stop();
    const run = await jaco(engine, 'sandbox', '--data-dir', member.options.dataDirectory);
    assert.is(run.code, 1);
    assert.match(run.stderr, 'has 3 voters');
  });
});

/** A data directory with an example cluster, backups of which left snapshots and log entries, over a restart and a kill. */
async function livedInBySandbox(engine: Engine, name: string): Promise<string> {
  const dataDirectory = engine.path('made-by-sandbox');
  const first = await startSandbox(engine, dataDirectory, ['--name', name]);
  await backUpAt(engine, first.socket, 'first.tar.gz');
  await backUpAt(engine, first.socket, 'second.tar.gz');
  await first.stop();
  const second = await startSandbox(engine, dataDirectory);
  await backUpAt(engine, second.socket, 'third.tar.gz');
  await second.stop();
  const third = await startSandbox(engine, dataDirectory);
  await third.kill();
  return dataDirectory;
}

/** A single voter with several terms, a log compacted at a snapshot, and entries of every kind after it. */
async function livedInByEngine(engine: Engine): Promise<EngineNode> {
  const [founder] = await engine.startCluster(1, compacting);
  await founder.write('before', 60, { sizeBytes: 300 });
  await founder.snapshot();
  await founder.write('after', 30);
  await founder.stop();
  const node = await leading(await engine.startAgain(founder));
  await backUp(engine, node, 'by-engine.tar.gz');
  await node.add(await engine.start({ id: 'observer' }), 'nonvoter');
  await node.write('last', 30, { sizeBytes: 5000 });
  return node;
}

/** A sandbox's state on a copy of a data directory, read from the archive that it sends. */
async function stateBySandbox(engine: Engine, dataDirectory: string): Promise<ArchiveReading> {
  const copy = engine.path('copy-for-sandbox');
  // Its own socket, and the one by which it holds its lock, which a killed one leaves.
  const isSocket = (path: string) => lstatSync(path).isSocket();
  cpSync(dataDirectory, copy, { recursive: true, filter: (path) => !isSocket(path) });
  const sandbox = await startSandbox(engine, copy);
  const archive = engine.readArchive(await backUpAt(engine, sandbox.socket, 'by-copy.tar.gz'));
  await sandbox.stop();
  return archive;
}

/** Which configuration index the engine itself would write into a snapshot of this directory. */
async function configurationIndexBy(engine: Engine, { id, options }: EngineNode): Promise<bigint> {
  const copy = engine.path('copy-for-engine');
  cpSync(options.dataDirectory, copy, { recursive: true });
  const node = await leading(await engine.start({ id, dataDirectory: copy, flags: compacting }));
  const { configurationIndex } = await node.snapshot();
  await node.kill();
  return configurationIndex;
}

/** The engine writes, takes snapshots, compacts and restarts on a directory that the sandbox left. */
async function goesOn(engine: Engine, node: EngineNode, left: RaftDirectory): Promise<void> {
  const [write] = await node.write('later', 300);
  assert.ok((write?.index as bigint) > left.lastIndex);
  const snapshot = await node.snapshot();
  const state = await node.canonicalDigest();
  await node.kill();
  const again = await leading(await engine.startAgain(node));
  assert.is(await again.canonicalDigest(), state);
  assert.is((await again.stats()).snapshots[0]?.id, snapshot.id);
}

/** An archive of a small cluster of the engine's. */
async function engineBackup(engine: Engine): Promise<string> {
  const [node] = await engine.startCluster(1);
  await node.write('before', 50);
  const path = await backUp(engine, node, 'by-engine.tar.gz');
  await node.stop();
  return path;
}
