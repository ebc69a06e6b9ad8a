import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SnapshotFacts, sealedSchema } from '../../src/domain/archive/snapshot-metadata.js';
import type { ArchiveComposer } from '../../src/ports/archive-composer.js';
import type { ArchiveReader } from '../../src/ports/archive-reader.js';
import { collect, failingAfter, inChunksOf } from '../builders/byte-streams.js';
import { openedBackup } from '../builders/opened-backup.js';
import { thrownBy } from '../builders/outcome.js';
import { noise } from '../builders/snapshot-bytes.js';

/** What {@link ArchiveComposer} promises, for any implementation and the reader of what it makes. */
export function archiveComposerContract(name: string, composer: ArchiveComposer, reader: ArchiveReader): void {
  const test = suite(`ArchiveComposer contract: ${name}`);
  const facts: SnapshotFacts = {
    clusterId: 'c-1',
    snapshotIndex: 2n ** 63n + 1n,
    snapshotTerm: 7n,
    jacoVersion: '0.3.10',
    takenAt: '2026-11-27T04:57:15Z',
    leaderAtSnapshot: '10.0.0.1:7001',
  };
  const metadata = composer.encodeMetadata(sealedSchema, facts);
  const compose = (snapshot: AsyncIterable<Uint8Array>, snapshotSizeBytes: number) =>
    composer.compose({ metadata, snapshot, snapshotSizeBytes, madeAtMs: Date.parse(facts.takenAt) });

  test('says the schema and the facts as they were given', async () => {
    const opened = await reader.open(openedBackup(await collect(compose(inChunksOf(10, noise(10)), 10))));
    const { schemaVersion, clusterId, snapshotIndex, takenAt } = opened.metadata;
    assert.equal(
      { schemaVersion, clusterId, snapshotIndex, takenAt },
      {
        ...{ schemaVersion: sealedSchema, clusterId: facts.clusterId },
        ...{ snapshotIndex: facts.snapshotIndex, takenAt: facts.takenAt },
      },
    );
    await opened.close();
  });

  for (const size of [0, 1, 200_000]) {
    test(`holds the metadata and a snapshot of ${size} bytes as they were given`, async () => {
      const opened = await reader.open(openedBackup(await collect(compose(inChunksOf(65_536, noise(size)), size))));
      assert.ok(Buffer.from(opened.metadataBytes).equals(metadata));
      assert.ok((await collect(opened.snapshot)).equals(noise(size)));
      await opened.close();
    });
  }

  test('does not end where the snapshot has another size than was said', async () => {
    assert.instance(await thrownBy(collect(compose(inChunksOf(10, noise(9)), 10))), Error);
  });

  test('throws on what the snapshot throws', async () => {
    const failure = new Error('the disk is gone');
    assert.is(await thrownBy(collect(compose(failingAfter(failure, noise(100)), 200))), failure);
  });

  test.run();
}
