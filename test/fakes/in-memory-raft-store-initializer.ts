import { JacoError, type LeftBehind, leavingBehind, stopIfInterrupted } from '../../src/domain/errors.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../../src/domain/restore/raft-store-seed.js';
import type { RaftStoreInitializer } from '../../src/ports/raft-store-initializer.js';

/** A store in memory. */
export interface InMemoryRaftStore {
  readonly seed: RaftStoreSeed;
  readonly snapshot: Uint8Array;
  /** What the log begins with; undefined where it is empty. */
  readonly first: FirstCommands | undefined;
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

/** Keeps its promises as the contract suite states them. */
export function createInMemoryRaftStoreInitializer(): InMemoryRaftStoreInitializer {
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
    async stage(seed, snapshot, firstCommands, signal) {
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
      let bytes: Uint8Array;
      let first: FirstCommands | undefined;
      try {
        bytes = await collect(snapshot, signal);
        first = firstCommands();
      } catch (error) {
        throw leavingBehind(error, release());
      }
      let ended = false;
      return {
        snapshotSizeBytes: bytes.length,
        async commit() {
          if (committed.has(dataDirectory)) throw new JacoError('raft_store_exists', `${dataDirectory}/raft exists.`);
          committed.set(dataDirectory, { seed, snapshot: bytes, first });
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

async function collect(snapshot: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshot) {
    stopIfInterrupted(signal);
    chunks.push(chunk);
  }
  stopIfInterrupted(signal);
  return Buffer.concat(chunks);
}
