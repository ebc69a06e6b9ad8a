import { JacoError, type LeftBehind, leavingBehind, stopIfInterrupted } from '../../src/domain/errors.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../../src/domain/restore/raft-store-seed.js';
import type { RaftStoreInitializer } from '../../src/ports/raft-store-initializer.js';
import type { LogContent } from '../../src/ports/raft-store-seal.js';

/** A store in memory. */
export interface InMemoryRaftStore {
  readonly seed: RaftStoreSeed;
  /** As it is kept: sealed as the seed says. */
  readonly snapshot: Uint8Array;
  /** The first entry of the log; undefined if it is empty. */
  readonly first: FirstCommands | undefined;
  /** The same as it is kept. */
  readonly entry?: LogContent | undefined;
  /** What the stable store holds in addition to the engine's own keys. */
  readonly stableValues?: ReadonlyMap<string, Uint8Array>;
}

/** A {@link RaftStoreInitializer} without a disk, and what it has made. */
export interface InMemoryRaftStoreInitializer extends RaftStoreInitializer {
  /** Committed stores by data directory; a test may put others' stores there. */
  readonly committed: Map<string, InMemoryRaftStore>;
  /** Data directories with an unfinished store, that of a killed restore included. */
  readonly unfinished: Set<string>;
  /** From now on no commit can be made durable or taken back. */
  failAfterMove(): void;
  /** From now on nothing can be removed. */
  refuseRemovals(): void;
}

/** Keeps its promises as the contract suite states them; `encode` makes the data of a log entry. */
export function createInMemoryRaftStoreInitializer(
  encode: (commands: FirstCommands) => Uint8Array = () => new Uint8Array(0),
): InMemoryRaftStoreInitializer {
  const committed = new Map<string, InMemoryRaftStore>();
  const unfinished = new Set<string>();
  const locked = new Set<string>();
  let [durable, removable] = [true, true];
  return {
    committed,
    unfinished,
    failAfterMove() {
      durable = false;
    },
    refuseRemovals() {
      removable = false;
    },
    async stage(seed, state, firstCommands, signal) {
      stopIfInterrupted(signal);
      const { dataDirectory } = seed;
      if (locked.has(dataDirectory)) throw new JacoError('in_progress', `another restore works on ${dataDirectory}.`);
      if (committed.has(dataDirectory)) throw new JacoError('raft_store_exists', `${dataDirectory}/raft exists.`);
      const release = (): readonly LeftBehind[] => {
        locked.delete(dataDirectory);
        const path = `${dataDirectory}/raft.restoring`;
        if (!removable) return [{ path, state: 'there', secret: true, reason: `cannot remove ${path}.` }];
        unfinished.delete(dataDirectory);
        return [];
      };
      locked.add(dataDirectory);
      unfinished.add(dataDirectory);
      const { snapshotId: id, index, term, configurationIndex, voter, seal } = seed;
      let sizeBytes = 0;
      async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const piece of state) {
          sizeBytes += piece.length;
          yield piece;
        }
      }
      let bytes: Uint8Array;
      let first: FirstCommands | undefined;
      let entry: LogContent | undefined;
      let stableValues: ReadonlyMap<string, Uint8Array>;
      try {
        const name = { id, index, term, configurationIndex, servers: [{ suffrage: 'voter' as const, ...voter }] };
        bytes = await collect(seal.sealState(counted(), name), signal);
        stableValues = seal.stableValues();
        first = firstCommands();
        entry = first && sealedEntry(seed, encode(first));
      } catch (error) {
        throw leavingBehind(error, release());
      }
      let ended = false;
      return {
        snapshotSizeBytes: sizeBytes,
        async commit() {
          if (committed.has(dataDirectory)) throw new JacoError('raft_store_exists', `${dataDirectory}/raft exists.`);
          committed.set(dataDirectory, { seed, snapshot: bytes, first, entry, stableValues });
          ended = true;
          release();
          const failure = new JacoError('storage_failed', 'the disk is gone.');
          return durable ? { kind: 'durable' } : { kind: 'in-doubt', standsAt: `${dataDirectory}/raft`, failure };
        },
        async discard() {
          if (ended) return [];
          ended = true;
          return release();
        },
      };
    },
  };
}

function sealedEntry({ index, term, seal }: RaftStoreSeed, data: Uint8Array): LogContent {
  const entry = { index: index + 1n, term, type: 'command', data, extensions: new Uint8Array(0) } as const;
  return { ...entry, ...seal.sealEntry(entry) };
}

async function collect(snapshot: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshot) {
    stopIfInterrupted(signal);
    chunks.push(chunk);
  }
  stopIfInterrupted(signal);
  return Buffer.concat(chunks);
}
