import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unsealed } from '../../src/domain/archive/archive-schema.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import type { RaftStoreSeal } from '../../src/ports/raft-store-seal.js';
import { collect, streamOf } from '../builders/byte-streams.js';
import { noCommands, sampleCommands } from '../builders/first-commands.js';
import { markingSeal } from '../builders/marking-seal.js';
import { thrownBy } from '../builders/outcome.js';
import { type FoundEntry, type FoundStore, type Harness, seedOf } from './raft-store-initializer.contract.js';

/** What the seal learns about the snapshot of {@link seedOf}. */
const nameOfSeed = {
  id: '7-1000-1795539891344',
  index: 1000n,
  term: 7n,
  configurationIndex: 1n,
  servers: [{ suffrage: 'voter' as const, id: 'recovered', address: '10.0.0.7:7001' }],
};

/** What a RaftStoreInitializer promises of the seal that its seed names, for any implementation. */
export function raftStoreSealingContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`RaftStoreInitializer contract, sealing: ${name}`);
  const never = new AbortController().signal;
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const sealing = (
    bytes: AsyncIterable<Uint8Array>,
    firstCommands: () => FirstCommands | undefined = noCommands,
    seal: RaftStoreSeal = markingSeal,
  ) => harness.initializer.stage({ ...seedOf(harness.dataDirectory), seal }, bytes, firstCommands, never);

  test('seals the state, bound to the name of its snapshot, and returns its size before sealing', async () => {
    const staged = await sealing(streamOf('one ', 'two'));
    assert.is(staged.snapshotSizeBytes, 7);
    await staged.commit();
    const { snapshot } = (await harness.foundStore()) as FoundStore;
    const sealed = await collect(markingSeal.sealState(streamOf('one ', 'two'), nameOfSeed));
    assert.ok(Buffer.from(snapshot).equals(sealed));
    assert.not.ok(Buffer.from(snapshot).includes('one two'));
  });

  test('seals the log entry, and puts the seal’s values into the stable store', async () => {
    await (await sealing(streamOf('state'), sampleCommands, unsealed)).commit();
    const [plain] = ((await harness.foundStore()) as FoundStore).entries;
    await harness.close();
    harness = await open();
    await (await sealing(streamOf('state'), sampleCommands)).commit();
    const { entries, stableValues, currentTerm } = (await harness.foundStore()) as FoundStore;
    const { data, extensions } = plain as FoundEntry;
    const sealed = markingSeal.sealEntry({ index: 1001n, term: 7n, type: 'command', data, extensions });
    assert.equal(entries, [{ index: 1001n, term: 7n, ...sealed }]);
    assert.equal(stableValues, new Map([['jaco:marked', Buffer.from('proof')]]));
    assert.is(currentTerm, 7n);
  });

  test('rethrows what sealing throws, and leaves nothing', async () => {
    const failure = new Error('no key');
    for (const part of ['sealState', 'sealEntry', 'stableValues'] as const) {
      const broken = {
        ...markingSeal,
        [part]: () => {
          throw failure;
        },
      };
      assert.is(await thrownBy(sealing(streamOf('state'), sampleCommands, broken)), failure, part);
      assert.is(await harness.hasLeftovers(), false);
    }
    assert.is(await harness.foundStore(), undefined);
  });

  test.run();
}
