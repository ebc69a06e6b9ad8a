import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readEnvelopeHeader } from '../../src/domain/archive/envelope-header.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { collect, failingAfter, inChunksOf, streamOf } from '../builders/byte-streams.js';
import { codeOf, thrownBy } from '../builders/outcome.js';
import { noise } from '../builders/snapshot-bytes.js';

/** One implementation, and what a daemon with the same ring makes. */
export interface Harness {
  readonly keyring: StateKeyring;
  /** The snapshot.bin of an archive with such metadata. */
  seal(state: Uint8Array, metadataBytes: Uint8Array): Promise<Uint8Array>;
  /** Another ring, with another key of the same id. */
  readonly other: StateKeyring;
}

/** What {@link StateKeyring} promises, for any implementation. */
export function stateKeyringContract(name: string, { keyring, seal, other }: Harness): void {
  const test = suite(`StateKeyring contract: ${name}`);
  const metadata = Buffer.from('{"schema_version":2}\n');
  const state = noise(200_000);
  const open = (ring: StateKeyring, bytes: AsyncIterable<Uint8Array>, bound: Uint8Array = metadata) =>
    collect(ring.openSnapshot(bytes, bound));

  test('names in the open the key under which it seals', async () => {
    const header = readEnvelopeHeader(await seal(state, metadata));
    assert.is(header.kind === 'envelope' && header.keyId, keyring.activeKeyId);
  });

  for (const size of [1, 1_000, 65_536, 1_000_000]) {
    test(`gives the state back as it was, in pieces of ${size}`, async () => {
      const given = size === 1 ? state.subarray(0, 100) : state;
      assert.ok((await open(keyring, inChunksOf(size, await seal(given, metadata)))).equals(given));
    });
  }

  test('gives an empty state back', async () => {
    assert.is((await open(keyring, streamOf(await seal(new Uint8Array(0), metadata)))).length, 0);
  });

  for (const size of [0, 1, 70_000, 200_000]) {
    test(`seals ${size} bytes as it opens them, and knows beforehand how long they become`, async () => {
      const given = state.subarray(0, size);
      const sealed = await collect(keyring.sealSnapshot(inChunksOf(65_536, given), metadata));
      assert.is(sealed.length, keyring.sealedSizeBytes(size));
      assert.ok((await open(keyring, streamOf(sealed))).equals(given));
      assert.is(await codeOf(open(keyring, streamOf(sealed), Buffer.from('{}'))), 'keyring_mismatch');
    });
  }

  test('throws on what the state throws while it seals', async () => {
    const failure = new Error('the disk is gone');
    const sealing = keyring.sealSnapshot(failingAfter(failure, state.subarray(0, 100_000)), metadata);
    assert.is(await thrownBy(collect(sealing)), failure);
  });

  test('does not open with another key of the same name', async () => {
    assert.is(await codeOf(open(other, streamOf(await seal(state, metadata)))), 'keyring_mismatch');
  });

  test('does not open with other metadata, even if only white space differs', async () => {
    const sealed = await seal(state, metadata);
    for (const bound of [metadata.subarray(0, -1), Buffer.concat([metadata, Buffer.from(' ')]), new Uint8Array(0)]) {
      assert.is(await codeOf(open(keyring, streamOf(sealed), bound)), 'keyring_mismatch');
    }
  });

  test('refuses what is not sealed', async () => {
    assert.is(await codeOf(open(keyring, streamOf('\n\x07', 'a state'))), 'archive_rejected');
    assert.is(await codeOf(open(keyring, streamOf())), 'archive_rejected');
  });

  test('does not end where the state was changed, cut short or made longer', async () => {
    const sealed = await seal(state, metadata);
    const changed = Uint8Array.from(sealed);
    changed[150_000] = (changed[150_000] as number) ^ 1;
    for (const bytes of [changed, sealed.subarray(0, -1), Buffer.concat([sealed, Buffer.alloc(1)])]) {
      assert.is(await codeOf(open(keyring, inChunksOf(65_536, bytes))), 'archive_rejected');
    }
  });

  test('throws on what the snapshot throws', async () => {
    const failure = new Error('the disk is gone');
    const half = (await seal(state, metadata)).subarray(0, 100_000);
    assert.is(await thrownBy(open(keyring, failingAfter(failure, half))), failure);
  });

  test.run();
}
