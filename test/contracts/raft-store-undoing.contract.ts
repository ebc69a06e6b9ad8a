import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isJacoError, JacoError } from '../../src/domain/errors.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import { streamOf } from '../builders/byte-streams.js';
import { noCommands, sampleCommands } from '../builders/first-commands.js';
import { codeOf, refusalOf } from '../builders/outcome.js';
import { type FoundStore, type Harness, seedOf } from './raft-store-initializer.contract.js';

/** What a RaftStoreInitializer promises where a disk fails on the way back, for any implementation. */
export function raftStoreUndoingContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`RaftStoreInitializer contract, failing ways back: ${name}`);
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const stage = (
    bytes: AsyncIterable<Uint8Array> = streamOf('state'),
    signal: AbortSignal = new AbortController().signal,
    firstCommands: () => FirstCommands | undefined = noCommands,
  ) => harness.initializer.stage(seedOf(harness.dataDirectory), bytes, firstCommands, signal);

  test('is in doubt when the store was moved and can neither be made durable nor moved back', async () => {
    const staged = await stage(streamOf('whole'), undefined, sampleCommands);
    harness.failAfterMove();
    const outcome = await staged.commit();
    if (outcome.kind !== 'in-doubt') throw new Error(`it is ${outcome.kind}`);
    assert.is(outcome.standsAt, `${harness.dataDirectory}/raft`);
    assert.ok(isJacoError(outcome.failure, 'storage_failed'));
    const found = (await harness.foundStore()) as FoundStore;
    assert.is(Buffer.from(found.snapshot).toString(), 'whole');
    assert.is(found.entries.length, 1);
    assert.is(await harness.hasLeftovers(), false);
  });

  test('has ended with a commit in doubt: discarding does nothing, and the next restore sees the store', async () => {
    const staged = await stage();
    harness.failAfterMove();
    await staged.commit();
    assert.equal(await staged.discard(), []);
    assert.is.not(await harness.foundStore(), undefined);
    assert.is(await codeOf(stage()), 'raft_store_exists');
  });

  test('reports that nothing is left after a discard, or names what is', async () => {
    assert.equal(await (await stage()).discard(), []);
    const staged = await stage();
    harness.refuseRemovals();
    const left = await staged.discard();
    assert.ok(left.length > 0);
    for (const { path, state, reason } of left) {
      assert.ok(path.startsWith(harness.dataDirectory), path);
      assert.is(state, 'there');
      assert.match(reason, /^cannot .*\.$/);
    }
    assert.ok(left.some(({ secret }) => secret));
    assert.is(await harness.hasLeftovers(), true);
  });

  test('names what it leaves if the snapshot fails and nothing can be removed', async () => {
    async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('half');
      harness.refuseRemovals();
      throw new JacoError('archive_rejected', 'cut short.');
    }
    const told = await refusalOf(stage(bytes()));
    assert.is(told.code, 'archive_rejected');
    assert.is(told.message, 'cut short.');
    assert.ok(told.leftBehind.some(({ secret }) => secret));
    assert.is(await harness.hasLeftovers(), true);
  });

  test.run();
}
