import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { listSnapshots, openSnapshot } from '../../src/adapters/raft/snapshot-directory.js';
import { writeSnapshot } from '../../src/adapters/raft/snapshot-writer.js';
import { withoutSync } from './broken-file-systems.js';
import { checkCrashes, type Judge, nameOf, type Recording, remembering, renderReport, syncsOf } from './crash-check.js';
import { plantDisk } from './disk-image.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('snapshots of a running store and power cuts');

const raft = '/var/lib/jaco/raft';
const start = plantDisk([{ path: raft, mode: 0o700 }]);
const state = Buffer.alloc(13_000, 'state ');

/** The first snapshot of a store: its directory `snapshots` is created as well. */
async function write(fileSystem: FileSystem, id: string): Promise<void> {
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    yield state;
  }
  const description = { id, index: 9n, term: 2n, servers: [], configurationIndex: 1n };
  await writeSnapshot(fileSystem, raft, description, bytes(), undefined);
}

async function record(change: (fileSystem: FileSystem) => FileSystem = (files) => files): Promise<Recording> {
  const disk = createSimulatedDisk(start);
  await write(change(disk.fileSystem), '2-9-1');
  return { start, operations: disk.operations, reported: 'success' };
}

/** Before: no snapshot is listed. After: it is, and opens with its bytes. In both cases the next one can be written. */
const judge: Judge = remembering(async (image) => {
  const { fileSystem } = createSimulatedDisk(image);
  try {
    const [found] = await listSnapshots(fileSystem, raft);
    if (found !== undefined) await requireState(fileSystem, found.id);
    await write(fileSystem, '2-9-2');
    const [newest] = await listSnapshots(fileSystem, raft);
    await requireState(fileSystem, '2-9-2');
    if (newest?.id !== '2-9-2') throw new Error('the next snapshot is not the newest');
    return { kind: found === undefined ? 'before' : 'after' };
  } catch (error) {
    return { kind: 'bad', reason: (error as Error).message };
  }
});

async function requireState(fileSystem: FileSystem, id: string): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openSnapshot(fileSystem, raft, id)).content) chunks.push(chunk);
  if (Buffer.compare(Buffer.concat(chunks), state) !== 0) throw new Error(`${id} has other bytes`);
}

const whole = await record();

test('every power cut leaves no snapshot or the whole one', async () => {
  const report = await checkCrashes(whole, judge);
  assert.is(report.bad, undefined);
  assert.ok(report.before > 1 && report.after > 0);
  console.log(`\n${renderReport('first snapshot of a store', report)}`);
});

for (const [position, sync] of syncsOf(whole).entries()) {
  test(`without sync ${position + 1}, ${nameOf(sync)}, a power cut leaves a bad state`, async () => {
    const mutated = await record((fileSystem) => withoutSync(fileSystem, position));
    assert.is.not((await checkCrashes(mutated, judge)).bad, undefined);
  });
}

test.run();
