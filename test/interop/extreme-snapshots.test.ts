import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { createRaftStoreInitializer } from '../../src/adapters/raft/raft-store-initializer.js';
import { unsealed } from '../../src/domain/archive/archive-schema.js';
import { noCommands } from '../builders/first-commands.js';
import { type Engine, engineSuite, leading } from './engine.js';
import { protoDirectory } from './engine-program.js';
import type { ArchiveReport } from './engine-replies.js';
import { backUp, restoreAs } from './jaco-program.js';

const mebibyte = 1024 * 1024;

await engineSuite('snapshots of extreme size, index and term', (test, engine) => {
  for (const sizeBytes of [0, 1]) {
    // No cluster has such a state, so `jaco restore` refuses it; the store must still be sound.
    test(`a store seeded with a snapshot of ${sizeBytes} bytes opens and boots`, async () => {
      const content = Buffer.alloc(sizeBytes, 0x2a);
      const options = { id: 'tiny', dataDirectory: engine.path('tiny'), raftAddress: await engine.freeAddress() };
      await seedStore(options, content);
      const digest = createHash('sha256').update(content).digest('hex');
      const [seeded] = engine.describe(join(options.dataDirectory, 'raft')).snapshots;
      assert.equal({ opens: seeded?.opens, digest: seeded?.digest }, { opens: true, digest });
      const node = await leading(await engine.start({ ...options, flags: { opaque: true } }));
      assert.equal((await node.dump()).restored, { digest, sizeBytes, count: 1 });
    });
  }

  for (const sizeBytes of [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1]) {
    test(`a snapshot of ${sizeBytes} bytes boots unchanged`, async () => {
      const { archive, path } = makeArchive(engine, { sizeBytes });
      const node = await leading(await engine.start(await restoreAs(engine, path, 'sized')));
      const { restored } = await node.dump();
      assert.equal(restored, { digest: archive.state.digest, sizeBytes, count: 1 });
    });
  }

  test('a snapshot of 100 MiB is restored, booted and backed up again unchanged', async () => {
    const { archive, path } = makeArchive(engine, { sizeBytes: 100 * mebibyte });
    const node = await leading(await engine.start(await restoreAs(engine, path, 'large')));
    const booted = await node.dump();
    assert.is(booted.restored.digest, archive.state.digest);
    await node.barrier();
    const before = await node.dump();
    const again = engine.readArchive(await backUp(engine, node, 'again.tar.gz'));
    assert.is(again.state.digest, before.digest);
    assert.ok(again.state.sizeBytes >= 100 * mebibyte);
  });

  for (const [index, term] of [
    [2n ** 53n + 3n, 2n ** 53n + 1n],
    [2n ** 63n - 1n, 5n],
    [12n, 2n ** 63n],
    [2n ** 63n, 2n ** 63n],
  ] as const) {
    test(`index ${index} and term ${term} survive restore, boot, writes and a restart`, async () => {
      const { path } = makeArchive(engine, { index, term });
      const options = await restoreAs(engine, path, 'extreme');
      const [seeded] = engine.describe(join(options.dataDirectory, 'raft')).snapshots;
      assert.is(seeded?.index, index);
      assert.is(seeded?.term, term);
      const first = await leading(await engine.start(options));
      assert.ok((await first.stats()).term > term);
      await first.write('next', 10);
      const snapshot = await first.snapshot();
      assert.ok(snapshot.index > index && snapshot.term > term);
      await first.kill();
      const second = await leading(await engine.startAgain(first));
      assert.is((await second.dump()).writes.length, 11);
      assert.is((await second.stats()).snapshots[0]?.id, snapshot.id);
      const again = engine.readArchive(await backUp(engine, second, 'again.tar.gz'));
      assert.ok(again.snapshotIndex >= snapshot.index && again.snapshotTerm >= snapshot.term);
    });
  }
});

/** Seeds a raft store as a restore does, below the checks of what a state must hold. */
async function seedStore(
  node: { id: string; dataDirectory: string; raftAddress: string },
  content: Uint8Array,
): Promise<void> {
  const initializer = createRaftStoreInitializer(createNodeFileSystem(), acquireExclusiveLock, encodeFirstCommands);
  const seed = {
    dataDirectory: node.dataDirectory,
    snapshotId: `7-1000-${Date.now()}`,
    index: 1000n,
    term: 7n,
    configurationIndex: 1n,
    voter: { id: node.id, address: node.raftAddress },
    seal: unsealed,
    owner: undefined,
  };
  const staged = await initializer.stage(seed, inOneChunk(content), noCommands, new AbortController().signal);
  await staged.commit();
}

async function* inOneChunk(content: Uint8Array): AsyncGenerator<Uint8Array> {
  if (content.length > 0) yield content;
}

interface Wish {
  readonly sizeBytes?: number;
  readonly index?: bigint;
  readonly term?: bigint;
}

function makeArchive(
  engine: Engine,
  { sizeBytes = 0, index = 42n, term = 3n }: Wish,
): { archive: ArchiveReport; path: string } {
  const path = engine.path('made.tar.gz');
  engine.tool([
    ...['make-archive', '--proto-dir', protoDirectory, '--out', path, '--state-bytes', String(sizeBytes)],
    ...['--index', String(index), '--term', String(term)],
  ]);
  return { archive: engine.readArchive(path), path };
}
