import type { LogEntryMark, SurvivingStore, SurvivingStores } from '../../ports/surviving-stores.js';
import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { printable } from '../values/printable-text.js';
import { collectStoreFindings } from './store-findings.js';

/** How far one of several stores goes. */
export interface ComparedStore {
  readonly raftDirectory: string;
  /** Of the last entry before any damage. */
  readonly lastIndex: bigint;
  readonly lastTerm: bigint;
  /** The time of the last entry that has one, in milliseconds since 1970. */
  readonly lastAppendedAtMs: number | undefined;
  /** Whether damage has taken entries away. */
  readonly lossy: boolean;
  /** Where it parts from the store to take; undefined for that store itself. */
  readonly parting: Parting | undefined;
}

/** Where two logs part. */
export type Parting =
  /** Up to `index` both have the same entries, and one of them ends there. */
  | { readonly kind: 'ends'; readonly index: bigint }
  /** Both go on behind `index`, with other entries: those of the other one were never committed. Undefined if that is in a snapshot. */
  | { readonly kind: 'differs'; readonly index: bigint | undefined }
  /**
   * Behind `index` they have different entries of one index and term, which raft never makes: since then each went its own way
   * (restored or recovered twice, or a copied disk), and raft's rule of votes does not apply. Undefined if that is in a snapshot.
   */
  | { readonly kind: 'forked'; readonly index: bigint | undefined }
  /** The logs have no index in common up to where the other one ends: whether they part cannot be told. */
  | { readonly kind: 'hidden' };

/** Several stores of one cluster, the one to take first. */
export interface StoreComparison {
  readonly clusterId: string;
  readonly stores: readonly ComparedStore[];
}

/**
 * Tells which of several stores holds the most, by raft's own rule of votes: the higher term of the last entry, then the higher
 * index. What a majority has acknowledged is in that one if the stores are those of a majority.
 * @throws request_invalid  the stores are of different clusters
 * @throws what the port throws
 */
export async function compareStores(
  survivors: SurvivingStores,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<StoreComparison> {
  const opened: SurvivingStore[] = [];
  try {
    const found: { store: SurvivingStore; clusterId: string; compared: Omit<ComparedStore, 'parting'> }[] = [];
    for (const path of paths) {
      const store = await survivors.open(path);
      opened.push(store);
      refuseTwice(opened);
      const { lastIndex, lastTerm, lastAppendedAtMs, lost, visitor } = await store.survey(collectStoreFindings, signal);
      const compared = {
        raftDirectory: store.raftDirectory,
        lastIndex,
        lastTerm,
        lastAppendedAtMs,
        lossy: lost !== undefined,
      };
      found.push({ store, clusterId: visitor.clusterId(), compared });
    }
    const [best, ...others] = found.sort((one, other) => byRaftsRule(one.compared, other.compared));
    if (best === undefined) return { clusterId: '', stores: [] };
    const stranger = others.find(({ clusterId }) => clusterId !== best.clusterId);
    if (stranger !== undefined) throw otherCluster(best.store.raftDirectory, stranger.store.raftDirectory);
    const stores: ComparedStore[] = [{ ...best.compared, parting: undefined }];
    for (const { store, compared } of others) {
      stores.push({ ...compared, parting: await partingOf(best.store, store, compared.lastIndex) });
    }
    return { clusterId: best.clusterId, stores };
  } finally {
    for (const store of opened) await store.close();
  }
}

/** A store that is named twice would pass for two disks of a majority. */
function refuseTwice(opened: readonly SurvivingStore[]): void {
  const directories = opened.map(({ raftDirectory }) => raftDirectory);
  const twice = directories.find((directory, at) => directories.indexOf(directory) !== at);
  if (twice === undefined) return;
  throw new JacoError('request_invalid', `${printable(twice, 4096)} is named twice, and would count as two disks.`, {
    remedies: [advice('Name each surviving directory once.')],
  });
}

type Position = Pick<ComparedStore, 'lastIndex' | 'lastTerm'>;

/** The better one first. */
function byRaftsRule(one: Position, other: Position): number {
  if (one.lastTerm !== other.lastTerm) return one.lastTerm > other.lastTerm ? -1 : 1;
  if (one.lastIndex !== other.lastIndex) return one.lastIndex > other.lastIndex ? -1 : 1;
  return 0;
}

/**
 * By raft's log matching property, two entries of one index and term are the same, and so are all before them. A fork breaks it, so
 * that the content counts too.
 */
async function partingOf(best: SurvivingStore, other: SurvivingStore, otherLast: bigint): Promise<Parting> {
  let common: bigint | undefined;
  const left = best.entryMarks()[Symbol.asyncIterator]();
  const right = other.entryMarks()[Symbol.asyncIterator]();
  try {
    let [one, two] = [await left.next(), await right.next()];
    while (one.done !== true && two.done !== true) {
      const [a, b]: [LogEntryMark, LogEntryMark] = [one.value, two.value];
      if (a.index < b.index) one = await left.next();
      else if (b.index < a.index) two = await right.next();
      else if (a.term !== b.term) return { kind: 'differs', index: common };
      else if (a.digest !== b.digest) return { kind: 'forked', index: common };
      else {
        common = a.index;
        [one, two] = [await left.next(), await right.next()];
      }
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
  return common === otherLast ? { kind: 'ends', index: common } : { kind: 'hidden' };
}

function otherCluster(one: string, other: string): JacoError {
  return new JacoError(
    'request_invalid',
    `${printable(one, 4096)} and ${printable(other, 4096)} are of different clusters.`,
    { remedies: [advice('Compare stores of one cluster.')] },
  );
}
