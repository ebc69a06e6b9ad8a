import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { messages } from '../../src/adapters/contract/contract.js';
import { unsealed } from '../../src/domain/archive/archive-schema.js';
import { JacoError } from '../../src/domain/errors.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../../src/domain/restore/raft-store-seed.js';
import type { RaftStoreInitializer } from '../../src/ports/raft-store-initializer.js';
import { failingAfter, interruptingAfter, streamOf } from '../builders/byte-streams.js';
import { noCommands, sampleCommands } from '../builders/first-commands.js';
import { codeOf } from '../builders/outcome.js';

/** What a daemon would find in a data directory. */
export interface FoundStore {
  readonly snapshotId: string;
  readonly index: bigint;
  readonly term: bigint;
  readonly currentTerm: bigint;
  readonly configurationIndex: bigint;
  readonly voters: readonly { readonly id: string; readonly address: string }[];
  readonly snapshot: Uint8Array;
  /** The log; `data` is one jaco.v1.Command, sealed as the seed says. */
  readonly entries: readonly FoundEntry[];
  /** What the stable store holds in addition to the engine's own keys. */
  readonly stableValues: ReadonlyMap<string, Buffer>;
}

/** One entry of the log. */
export interface FoundEntry {
  readonly index: bigint;
  readonly term: bigint;
  readonly data: Buffer;
  readonly extensions: Buffer;
}

/** One implementation with one data directory, which exists and is empty. */
export interface Harness {
  readonly initializer: RaftStoreInitializer;
  readonly dataDirectory: string;
  /** The store in its final place; undefined when there is none. */
  foundStore(): Promise<FoundStore | undefined>;
  /** Whether anything but a committed store is left in the data directory. */
  hasLeftovers(): Promise<boolean>;
  /** Puts a store into the final place, as another program would. */
  plantStore(): Promise<void>;
  /** Leaves what a restore that was killed half-way leaves. */
  plantLeftover(): Promise<void>;
  /** From now on a store can be moved into its place, and nothing can be made durable or moved away from there. */
  failAfterMove(): void;
  /** From now on nothing can be removed. */
  refuseRemovals(): void;
  close(): Promise<void>;
}

/** What {@link RaftStoreInitializer} promises, for any implementation. */
export function raftStoreInitializerContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`RaftStoreInitializer contract: ${name}`);
  const never = new AbortController().signal;
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const seed = () => seedOf(harness.dataDirectory);
  const stage = (
    bytes: AsyncIterable<Uint8Array> = streamOf('state'),
    signal: AbortSignal = never,
    firstCommands: () => FirstCommands | undefined = noCommands,
  ) => harness.initializer.stage(seed(), bytes, firstCommands, signal);

  test('puts the whole store into place on commit', async () => {
    const staged = await stage(streamOf('one ', 'two'));
    await staged.commit();
    const { snapshot, ...found } = (await harness.foundStore()) as FoundStore;
    assert.is(Buffer.from(snapshot).toString(), 'one two');
    assert.equal(found, {
      snapshotId: '7-1000-1795539891344',
      index: 1000n,
      term: 7n,
      currentTerm: 7n,
      configurationIndex: 1n,
      voters: [{ id: 'recovered', address: '10.0.0.7:7001' }],
      entries: [],
      stableValues: new Map(),
    });
    assert.is(await harness.hasLeftovers(), false);
  });

  test('puts the first commands after the snapshot, as one log entry in its term', async () => {
    const staged = await stage(streamOf('state'), never, sampleCommands);
    await staged.commit();
    const { entries } = (await harness.foundStore()) as FoundStore;
    assert.equal(
      entries.map(({ index, term }) => ({ index, term })),
      [{ index: 1001n, term: 7n }],
    );
    const command = messages.command.decode(entries[0]?.data as Buffer);
    assert.equal(
      command.batch?.children.map(({ identity }) => identity),
      ['restore', 'restore', 'restore'],
    );
  });

  test('asks for the first commands once, when the whole snapshot has passed', async () => {
    const asked: boolean[] = [];
    let ended = false;
    async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('state');
      ended = true;
    }
    const staged = await stage(bytes(), never, () => {
      asked.push(ended);
      return undefined;
    });
    await staged.discard();
    assert.equal(asked, [true]);
  });

  test('rethrows what deciding the first commands throws, and leaves nothing', async () => {
    const failure = new JacoError('request_invalid', 'no such node');
    const refuse = () => {
      throw failure;
    };
    assert.is(await stage(streamOf('state'), never, refuse).catch((error: unknown) => error), failure);
    assert.is(await harness.hasLeftovers(), false);
    await (await stage()).discard();
  });

  test('returns the size of the snapshot', async () => {
    const staged = await stage(streamOf('one ', 'two'));
    assert.is(staged.snapshotSizeBytes, 7);
    await staged.discard();
  });

  test('takes a snapshot without bytes', async () => {
    const staged = await stage(streamOf());
    await staged.commit();
    assert.is((await harness.foundStore())?.snapshot.length, 0);
  });

  test('changes nothing that a daemon reads before commit', async () => {
    const staged = await stage();
    assert.is(await harness.foundStore(), undefined);
    await staged.discard();
  });

  test('leaves nothing behind on discard, which may be repeated', async () => {
    const staged = await stage();
    await staged.discard();
    await staged.discard();
    assert.is(await harness.foundStore(), undefined);
    assert.is(await harness.hasLeftovers(), false);
  });

  test('keeps a committed store when it is discarded afterwards', async () => {
    const staged = await stage();
    await staged.commit();
    await staged.discard();
    assert.is.not(await harness.foundStore(), undefined);
  });

  test('refuses a second restore into the same directory while one is staged', async () => {
    const staged = await stage();
    assert.is(await codeOf(stage()), 'in_progress');
    await staged.commit();
    assert.is.not(await harness.foundStore(), undefined);
  });

  test('lets the next restore in after a discard', async () => {
    await (await stage(streamOf('first'))).discard();
    await (await stage(streamOf('second'))).commit();
    assert.is(Buffer.from((await harness.foundStore())?.snapshot ?? []).toString(), 'second');
  });

  test('stages nothing next to an existing store, and does not change it', async () => {
    await (await stage(streamOf('first'))).commit();
    assert.is(await codeOf(stage(streamOf('second'))), 'raft_store_exists');
    assert.is(Buffer.from((await harness.foundStore())?.snapshot ?? []).toString(), 'first');
    assert.is(await harness.hasLeftovers(), false);
  });

  test('does not commit over a store that appeared meanwhile, and can then be discarded', async () => {
    const staged = await stage();
    await harness.plantStore();
    assert.is(await codeOf(staged.commit()), 'raft_store_exists');
    await staged.discard();
    assert.is(await harness.hasLeftovers(), false);
  });

  test('clears away what a killed restore left', async () => {
    await harness.plantLeftover();
    await (await stage(streamOf('fresh'))).commit();
    assert.is(Buffer.from((await harness.foundStore())?.snapshot ?? []).toString(), 'fresh');
    assert.is(await harness.hasLeftovers(), false);
  });

  test('rethrows what the snapshot throws, and leaves nothing', async () => {
    const failure = new JacoError('archive_rejected', 'cut short');
    const thrown = await stage(failingAfter(failure, 'half ')).catch((error: unknown) => error);
    assert.is(thrown, failure);
    assert.is(await harness.hasLeftovers(), false);
    await (await stage()).discard();
  });

  test('throws on an error that looks like the operating system’s own, if it came from the snapshot', async () => {
    const failure = Object.assign(new Error('incorrect data check'), { code: 'Z_DATA_ERROR' });
    assert.is(await stage(failingAfter(failure, 'half ')).catch((error: unknown) => error), failure);
  });

  test('does not start once the signal has fired', async () => {
    assert.is(await codeOf(stage(streamOf('state'), AbortSignal.abort())), 'interrupted');
    assert.is(await harness.hasLeftovers(), false);
  });

  test('stops when the signal fires on the way, and leaves nothing', async () => {
    const interruption = new AbortController();
    const staging = stage(interruptingAfter(interruption, 'half '), interruption.signal);
    assert.is(await codeOf(staging), 'interrupted');
    assert.is(await harness.hasLeftovers(), false);
    await (await stage()).discard();
  });

  test.run();
}

/** A seed of no importance. */
export function seedOf(dataDirectory: string): RaftStoreSeed {
  return {
    dataDirectory,
    snapshotId: '7-1000-1795539891344',
    index: 1000n,
    term: 7n,
    configurationIndex: 1n,
    voter: { id: 'recovered', address: '10.0.0.7:7001' },
    seal: unsealed,
    owner: undefined,
  };
}
