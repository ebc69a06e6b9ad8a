import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import { JacoError, type LeftBehind, stopIfInterrupted } from '../../src/domain/errors.js';
import type { FirstCommands } from '../../src/domain/restore/first-commands.js';
import { walkSnapshot } from '../../src/domain/state/snapshot-content.js';
import type {
  LogEntryMark,
  RaftMember,
  RecoveredStoreSeed,
  StoreRecords,
  StoreSurvey,
  StoreVisitor,
  SurvivingStore,
  SurvivingStores,
} from '../../src/ports/surviving-stores.js';

/** One entry of a log; without a command it is the engine's own. */
export interface PlantedEntry {
  readonly term: bigint;
  readonly command?: Uint8Array;
  readonly appendedAtMs?: number;
  /** Damage has taken it away. */
  readonly missing?: true;
}

/** What a node has left, in memory. */
export interface PlantedStore {
  readonly currentTerm: bigint;
  readonly snapshot?: {
    readonly id: string;
    readonly index: bigint;
    readonly term: bigint;
    readonly state: Uint8Array;
  };
  /** Behind the snapshot, one index after the other. */
  readonly entries: readonly PlantedEntry[];
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
    const isPlanted = planted.get(raftDirectory) === store;
    opened += 1;
    return {
      raftDirectory,
      records: recordsOf(store),
      isReadable: store.sealed !== true,
      entryMarks: () => entryMarksIn(store),
      async survey(begin, signal) {
        stopIfInterrupted(signal);
        if (store.sealed === true) throw new JacoError('schema_unsupported', `${raftDirectory} is sealed.`);
        isSurveyed = true;
        return surveyOf(raftDirectory, store, begin);
      },
      isIn: async (dataDirectory) => raftDirectory === `${dataDirectory}/raft`,
      realPath: async (path) => path,
      async stage(seed, commands, signal) {
        if (!isSurveyed) throw new Error('stage before survey');
        stopIfInterrupted(signal);
        const { dataDirectory } = seed;
        if (unfinished.has(dataDirectory)) throw new JacoError('in_progress', `another works on ${dataDirectory}.`);
        const refuse = () => new JacoError('raft_store_exists', `${dataDirectory}/raft exists.`);
        const isTaken = () => committed.has(dataDirectory) || planted.has(`${dataDirectory}/raft`);
        if (seed.keptAs === undefined && isTaken()) throw refuse();
        const isReplaced = isPlanted && planted.get(raftDirectory) !== store;
        if (isReplaced) throw new JacoError('store_damaged', `${raftDirectory} was replaced.`);
        unfinished.add(dataDirectory);
        return {
          snapshotSizeBytes: store.snapshot?.state.length ?? 0,
          async commit() {
            if (seed.keptAs === undefined && isTaken()) throw refuse();
            if (seed.keptAs !== undefined && planted.delete(raftDirectory)) planted.set(seed.keptAs, store);
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
      const kept = [...planted.keys()].find((each) => each.startsWith(`${path}/raft.before-recovery-`)) ?? path;
      const raftDirectory = [path, `${path}/raft`].find((each) => planted.has(each)) ?? kept;
      const recovered = committed.get(path);
      const store = planted.get(raftDirectory) ?? (recovered && contentOf(recovered));
      if (store === undefined) throw new JacoError('store_missing', `${path} holds no raft store.`);
      return survivor(raftDirectory, store);
    },
  };
}

/** What was committed, as a store that was left. */
function contentOf({ seed, commands, planted }: RecoveredStore): PlantedStore {
  const { term, voter } = seed;
  const kept = seed.index - 1n - (planted.snapshot?.index ?? 0n);
  return {
    ...planted,
    currentTerm: term,
    members: [{ ...voter, suffrage: 'voter' }],
    entries: [...planted.entries.slice(0, Number(kept)), { term }, { term, command: encodeFirstCommands(commands) }],
  };
}

function recordsOf({ sealed = false, currentTerm, snapshot, entries }: PlantedStore): StoreRecords {
  const first = (snapshot?.index ?? 0n) + 1n;
  return {
    sealed,
    currentTerm,
    lastVote: { term: currentTerm, candidate: '10.0.0.2:7001' },
    logRange: entries.length === 0 ? undefined : { first, last: first + BigInt(entries.length) - 1n },
    snapshots:
      snapshot === undefined
        ? []
        : [{ id: snapshot.id, index: snapshot.index, term: snapshot.term, sizeBytes: snapshot.state.length }],
    skippedSnapshots: [],
  };
}

async function* entryMarksIn({ snapshot, entries }: PlantedStore): AsyncGenerator<LogEntryMark, void, undefined> {
  const first = (snapshot?.index ?? 0n) + 1n;
  for (const [position, { term, command, missing }] of entries.entries()) {
    if (missing !== true)
      yield { index: first + BigInt(position), term, digest: Buffer.from(command ?? []).toString('hex') };
  }
}

function surveyOf<Visitor extends StoreVisitor>(
  path: string,
  { currentTerm, snapshot, entries, members }: PlantedStore,
  begin: () => Visitor,
): StoreSurvey<Visitor> {
  const visitor = begin();
  if (snapshot !== undefined) {
    const walk = walkSnapshot(visitor);
    walk.feed(snapshot.state);
    if (walk.finish().kind === 'malformed') throw new JacoError('store_damaged', `${path} is damaged.`);
  }
  const first = (snapshot?.index ?? 0n) + 1n;
  const flaw = entries.findIndex(
    ({ command, missing }) =>
      missing === true || (command !== undefined && !visitor.command(command, 0, command.length)),
  );
  const whole = flaw === -1 ? entries : entries.slice(0, flaw);
  const lastIndex = first - 1n + BigInt(whole.length);
  const behind = begin();
  for (const { command } of entries.slice(whole.length)) {
    if (command !== undefined) behind.command(command, 0, command.length);
  }
  const lost = {
    reason: `${path} is damaged: log entry ${lastIndex + 1n} is missing.`,
    from: lastIndex + 1n,
    to: first - 1n + BigInt(entries.length),
    visitor: behind,
  };
  return {
    snapshot: snapshot && { id: snapshot.id, index: snapshot.index, term: snapshot.term },
    visitor,
    lastIndex,
    lastTerm: whole.at(-1)?.term ?? snapshot?.term ?? 0n,
    currentTerm,
    entriesBehind: BigInt(whole.length),
    lastAppendedAtMs: whole.findLast(({ appendedAtMs }) => appendedAtMs !== undefined)?.appendedAtMs,
    sizeBytes: (snapshot?.state.length ?? 0) + whole.reduce((sum, { command }) => sum + (command?.length ?? 0), 0),
    members,
    faults: [],
    lost: flaw === -1 ? undefined : lost,
  };
}
