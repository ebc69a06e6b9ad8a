import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SnapshotMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import type { ArchiveVerifier } from '../../src/ports/archive-verifier.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { collect, failingAfter, inChunksOf, streamOf, watchedStream } from '../builders/byte-streams.js';
import { codeOf, thrownBy } from '../builders/outcome.js';
import { noise, snapshotOf } from '../builders/snapshot-bytes.js';
import { inSchema, metadataWith } from '../builders/snapshot-metadata.js';
import { createInMemoryKeyring, sealInMemory } from '../fakes/in-memory-keyring.js';

/** One implementation. */
export interface Harness {
  readonly verifier: ArchiveVerifier;
  /** The same with a ring. */
  withKeyring(keyring: StateKeyring): ArchiveVerifier;
  /** The bytes of a whole archive in the form that this implementation verifies; metadata that are given as text stand there as they are. */
  archive(metadata: SnapshotMetadata | Uint8Array, snapshot: Uint8Array): Promise<Uint8Array>;
  /** Metadata as JSON text, as an archive of that form holds them. */
  metadataText(metadata: SnapshotMetadata): string;
  /** The largest snapshot that `verifier` accepts, in bytes; at least 1,000,000. */
  readonly limitBytes: number;
}

/** What {@link ArchiveVerifier} promises, for any implementation. */
export function archiveVerifierContract(name: string, harness: Harness): void {
  const { verifier, withKeyring, archive, metadataText, limitBytes } = harness;
  const test = suite(`ArchiveVerifier contract: ${name}`);
  const metadata = metadataWith();
  const state = snapshotOf(metadata.clusterId, 300);
  const whole = () => archive(metadata, state);
  const pass = (bytes: AsyncIterable<Uint8Array>) => collect(verifier.verify(bytes).bytes);

  for (const size of [1, 100, 512, 1_000_000]) {
    test(`passes an archive on unchanged and sums it up, when it comes in chunks of ${size}`, async () => {
      const bytes = await whole();
      const passage = verifier.verify(inChunksOf(size, bytes));
      assert.ok((await collect(passage.bytes)).equals(bytes));
      assert.equal(passage.summary(), { metadata, snapshotSizeBytes: state.length, stateVerified: true });
    });
  }

  test('passes metadata on with every byte of their white space', async () => {
    for (const text of [`\n${metadataText(metadata)}\t `, metadataText(metadata).trimEnd()]) {
      const bytes = await archive(Buffer.from(text), state);
      const passage = verifier.verify(inChunksOf(100, bytes));
      assert.ok((await collect(passage.bytes)).equals(bytes));
      assert.equal(passage.summary().metadata, metadata);
    }
  });

  test('verifies several archives at a time', async () => {
    const others = metadataWith({ clusterId: 'other' });
    const bytes = [await whole(), await archive(others, snapshotOf('other'))];
    const passages = bytes.map((one) => verifier.verify(inChunksOf(50, one)));
    await Promise.all(passages.map((passage) => collect(passage.bytes)));
    assert.equal(
      passages.map((passage) => passage.summary().metadata),
      [metadata, others],
    );
  });

  test('pulls nothing before it is pulled from, and then at most half a mebibyte more than was taken', async () => {
    const large = await archive(metadata, snapshotOf(metadata.clusterId, 900_000));
    const { seen, stream } = watchedStream(inChunksOf(10_000, large));
    const passage = verifier.verify(stream);
    assert.is(seen.pulled, 0);
    let taken = 0;
    for await (const piece of passage.bytes) {
      taken += piece.length;
      assert.ok(
        seen.pulled * 10_000 <= taken + 512 * 1024,
        `${seen.pulled} chunks pulled when ${taken} bytes were taken`,
      );
    }
  });

  test('has no summary before the end', async () => {
    const passage = verifier.verify(inChunksOf(10, await whole()));
    for await (const _ of passage.bytes) assert.throws(() => passage.summary());
  });

  test('lets the archive go when the taking is given up', async () => {
    const { seen, stream } = watchedStream(inChunksOf(10, await whole()));
    const passage = verifier.verify(stream);
    for await (const _ of passage.bytes) break;
    assert.is(seen.ended, true);
    assert.throws(() => passage.summary());
  });

  test('refuses an archive that is cut short anywhere', async () => {
    const bytes = await whole();
    for (let length = 0; length < bytes.length; length += 1) {
      assert.is(await codeOf(pass(streamOf(bytes.subarray(0, length)))), 'archive_rejected', `${length} bytes`);
    }
  });

  test('refuses an archive that continues after its end, in the same chunk or another', async () => {
    const bytes = await whole();
    for (const more of [new Uint8Array(1), new Uint8Array(100_000), Buffer.from('x'), bytes]) {
      assert.is(await codeOf(pass(streamOf(bytes, more))), 'archive_rejected', `${more.length} more`);
      assert.is(
        await codeOf(pass(streamOf(Buffer.concat([bytes, more])))),
        'archive_rejected',
        `${more.length} joined`,
      );
    }
  });

  test('refuses bytes that are not an archive', async () => {
    for (const bytes of [Buffer.from('hello\n'), noise(10_000)]) {
      assert.is(await codeOf(pass(inChunksOf(100, bytes))), 'archive_rejected');
    }
  });

  test('stops pulling once the bytes show that it is no archive', async () => {
    const { seen, stream } = watchedStream(inChunksOf(1_000, noise(5_000_000)));
    await thrownBy(pass(stream));
    assert.ok(seen.pulled < 2_000, `${seen.pulled} chunks of 1,000`);
    assert.is(seen.ended, true);
  });

  test('refuses a snapshot larger than the limit, and takes one that is as large', async () => {
    const overhead = snapshotOf(metadata.clusterId, 900_000).length - 900_000;
    const sized = (sizeBytes: number) => archive(metadata, snapshotOf(metadata.clusterId, sizeBytes - overhead));
    await pass(streamOf(await sized(limitBytes)));
    assert.is(await codeOf(pass(streamOf(await sized(limitBytes + 1)))), 'archive_too_large');
  });

  for (const [what, bytes] of [
    ['of another cluster than its metadata say', snapshotOf('other')],
    ['of no cluster', new Uint8Array(0)],
    ['that is no state', Buffer.from('hello')],
    ['that ends inside a field', state.subarray(0, -1)],
  ] as const) {
    test(`refuses a snapshot ${what}`, async () => {
      assert.is(await codeOf(pass(streamOf(await archive(metadata, bytes)))), 'snapshot_rejected');
    });
  }

  test('refuses metadata that no raft snapshot has', async () => {
    const indexless = await archive(metadataWith({ snapshotIndex: 0n }), state);
    assert.is(await codeOf(pass(streamOf(indexless))), 'snapshot_rejected');
    const anonymous = await archive(metadataWith({ clusterId: '' }), state);
    assert.is(await codeOf(pass(streamOf(anonymous))), 'archive_rejected');
  });

  for (const schemaVersion of [0, 2, 3]) {
    test(`passes an archive of schema ${schemaVersion} without checking its snapshot, with any known facts`, async () => {
      for (const changes of [{}, { clusterId: undefined, snapshotIndex: undefined, takenAt: undefined }]) {
        const closed = inSchema({ schemaVersion, ...changes });
        const passage = verifier.verify(streamOf(await archive(closed, noise(100))));
        await collect(passage.bytes);
        assert.equal(passage.summary(), { metadata: closed, snapshotSizeBytes: 100, stateVerified: false });
      }
    });
  }

  test('looks into a sealed state with its ring, and notices what was changed', async () => {
    const closed = inSchema({ schemaVersion: 2 });
    const text = Buffer.from(metadataText(closed));
    const sealed = sealInMemory('k1', 'secret', state, text);
    const passage = withKeyring(createInMemoryKeyring('k1', 'secret')).verify(streamOf(await archive(text, sealed)));
    await collect(passage.bytes);
    assert.equal(passage.summary(), { metadata: closed, snapshotSizeBytes: sealed.length, stateVerified: true });
    const refusal = async (secret: string, snapshot: Uint8Array) => {
      const verified = withKeyring(createInMemoryKeyring('k1', secret)).verify(streamOf(await archive(text, snapshot)));
      return codeOf(collect(verified.bytes));
    };
    assert.is(await refusal('another', sealed), 'keyring_mismatch');
    assert.is(await refusal('secret', sealed.subarray(0, -1)), 'archive_rejected');
    assert.is(await refusal('secret', sealInMemory('k1', 'secret', snapshotOf('other'), text)), 'snapshot_rejected');
  });

  test('throws on what the archive throws', async () => {
    const failure = Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
    const half = (await whole()).subarray(0, 100);
    assert.is(await thrownBy(pass(failingAfter(failure, half))), failure);
    assert.is(await thrownBy(pass(failingAfter(failure))), failure);
  });

  test('rethrows what the archive throws after its last byte', async () => {
    const failure = new Error('the status after the stream');
    const passage = verifier.verify(failingAfter(failure, await whole()));
    assert.is(await thrownBy(collect(passage.bytes)), failure);
    assert.throws(() => passage.summary());
  });

  test.run();
}
