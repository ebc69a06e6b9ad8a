import { JacoError, type LeftBehind, stopIfInterrupted } from '../../src/domain/errors.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import { walkSnapshot } from '../../src/domain/state/snapshot-content.js';
import type {
  RaftMember,
  RecoveredStoreSeed,
  StoreSurvey,
  StoreVisitor,
  SurvivingStore,
  SurvivingStores,
} from '../../src/ports/surviving-stores.js';

/** What a node has left, in memory. */
export interface PlantedStore {
  readonly currentTerm: bigint;
  readonly snapshot?: {
    readonly id: string;
    readonly index: bigint;
    readonly term: bigint;
    readonly state: Uint8Array;
  };
  /** Behind the snapshot, one index after the other; without a command it is the engine's own. */
  readonly entries: readonly { readonly term: bigint; readonly command?: Uint8Array; readonly appendedAtMs?: number }[];
  readonly members: readonly RaftMember[];
  readonly sealed?: boolean;
}

/** A store that was made of one. */
export interface RecoveredStore {
  readonly seed: RecoveredStoreSeed;
  readonly commands: FirstCommands;
  readonly planted: PlantedStore;
}

/** {@link SurvivingStores} without a disk, and what was made of them. */
export interface InMemorySurvivingStores extends SurvivingStores {
  /** By raft directory. */
  readonly planted: Map<string, PlantedStore>;
  /** By data directory; a test may put others' stores there. */
  readonly committed: Map<string, RecoveredStore | undefined>;
  /** Data directories with a store that is neither committed nor discarded. */
  readonly unfinished: ReadonlySet<string>;
  /** Surviving stores that are open. */
  readonly openStores: () => number;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemorySurvivingStores(): InMemorySurvivingStores {
  const planted = new Map<string, PlantedStore>();
  const committed: InMemorySurvivingStores['committed'] = new Map();
  const unfinished = new Set<string>();
  let opened = 0;

  function survivor(raftDirectory: string, store: PlantedStore): SurvivingStore {
    let [isOpen, isSurveyed] = [true, false];
    opened += 1;
    return {
      raftDirectory,
      async survey(begin, signal) {
        stopIfInterrupted(signal);
        isSurveyed = true;
        return surveyOf(raftDirectory, store, begin());
      },
      async stage(seed, commands, signal) {
        if (!isSurveyed) throw new Error('stage before survey');
        stopIfInterrupted(signal);
        const { dataDirectory } = seed;
        if (unfinished.has(dataDirectory)) throw new JacoError('in_progress', `another works on ${dataDirectory}.`);
        const refuse = () => new JacoError('raft_store_exists', `${dataDirectory}/raft exists.`);
        if (committed.has(dataDirectory)) throw refuse();
        unfinished.add(dataDirectory);
        return {
          snapshotSizeBytes: store.snapshot?.state.length ?? 0,
          async commit() {
            if (committed.has(dataDirectory)) throw refuse();
            committed.set(dataDirectory, { seed, commands, planted: store });
            unfinished.delete(dataDirectory);
            return { kind: 'durable' };
          },
          async discard(): Promise<readonly LeftBehind[]> {
            unfinished.delete(dataDirectory);
            return [];
          },
        };
      },
      async close() {
        if (isOpen) opened -= 1;
        isOpen = false;
      },
    };
  }

  return {
    planted,
    committed,
    unfinished,
    openStores: () => opened,
    async open(path) {
      const raftDirectory = planted.has(path) ? path : `${path}/raft`;
      const store = planted.get(raftDirectory);
      if (store === undefined) throw new JacoError('store_missing', `${path} holds no raft store.`);
      if (store.sealed === true) throw new JacoError('schema_unsupported', `${path} is sealed.`);
      return survivor(raftDirectory, store);
    },
  };
}

function surveyOf<Visitor extends StoreVisitor>(
  path: string,
  { currentTerm, snapshot, entries, members }: PlantedStore,
  visitor: Visitor,
): StoreSurvey<Visitor> {
  if (snapshot !== undefined) {
    const walk = walkSnapshot(visitor);
    walk.feed(snapshot.state);
    if (walk.finish().kind === 'malformed') throw new JacoError('store_damaged', `${path} is damaged.`);
  }
  for (const { command } of entries) {
    if (command !== undefined && !visitor.command(command)) {
      throw new JacoError('store_damaged', `${path} is damaged.`);
    }
  }
  return {
    snapshot: snapshot && { id: snapshot.id, index: snapshot.index, term: snapshot.term },
    visitor,
    lastIndex: (snapshot?.index ?? 0n) + BigInt(entries.length),
    lastTerm: entries.at(-1)?.term ?? snapshot?.term ?? 0n,
    currentTerm,
    entriesBehind: BigInt(entries.length),
    lastAppendedAtMs: entries.findLast(({ appendedAtMs }) => appendedAtMs !== undefined)?.appendedAtMs,
    members,
    passedOver: [],
  };
}
