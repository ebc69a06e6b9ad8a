import { isJacoError, stopIfInterrupted } from '../../domain/errors.js';
import { walkSnapshot } from '../../domain/state/snapshot-content.js';
import type { LostEntries, StoreSurvey, StoreVisitor } from '../../ports/surviving-stores.js';
import { unlessDamaged } from './damaged-store.js';
import type { LogPage, StoredLogEntry } from './log-page.js';
import { decodeRaftConfiguration } from './raft-configuration.js';
import type { RaftStoreReader, SalvagedStore } from './raft-store-reader.js';
import { missingEntry, nothingYet, restoreNewest, type StateMachine } from './replayed-store.js';
import type { SnapshotMeta } from './snapshot-meta.js';
import { unreachedSnapshot, withUnreached } from './unreached-snapshot.js';
import { createUsualCommands } from './usual-commands.js';

/** Receives what a survey finds, in order to rewrite it. */
export interface SurveyListener {
  /** The next entries after the snapshot: those on a page from position `from` to before `to`. */
  page(page: LogPage, from: number, to: number): void;
  /** The survey has ended well. */
  surveyed(snapshot: SnapshotMeta | undefined, lastIndex: bigint): void;
}

const nanosecondsPerMillisecond = 1_000_000n;
/** How far behind damage is looked for more where the log does not tell where it ends. */
const farthest = 1n << 40n;

/**
 * Reads a whole store by the rules of the engine's boot (replayed-store.ts), shows it to a visitor, and where damage ends
 * that tells what is behind it.
 * @throws store_damaged  neither a snapshot can be used nor a log that goes back to the beginning
 * @throws permission_denied, storage_failed, interrupted
 */
export async function surveyStore<Visitor extends StoreVisitor>(
  { store, fault }: SalvagedStore,
  begin: () => Visitor,
  listener: SurveyListener,
  signal: AbortSignal,
): Promise<Omit<StoreSurvey<Visitor>, 'sizeBytes'>> {
  const { snapshot, state, failures } = await restoreNewest(store, () => stateMachineOf(begin(), signal));
  const beginsLate = snapshot === undefined && store.logRange?.first !== 1n;
  if (beginsLate && failures[0] !== undefined) throw failures[0];
  const { visitor } = state;
  let { servers: members, index: lastIndex, term: lastTerm } = snapshot ?? nothingYet;
  const start = lastIndex;
  let appendedAt: bigint | undefined;
  const take = (stored: StoredLogEntry): void => {
    if (stored.index !== lastIndex + 1n) {
      throw missingEntry(lastIndex + 1n, lastIndex === start ? failures : [], store.refuseLog);
    }
    const { index, term, type, data, appendedAtNanoseconds } = store.readEntry(stored);
    if (type === 'configuration') members = decodeRaftConfiguration(data, store.refuseLog);
    if (type === 'command' && !visitor.command(data, 0, data.length)) {
      throw store.refuseLog(`log entry ${index} holds no command of a daemon`);
    }
    appendedAt = appendedAtNanoseconds ?? appendedAt;
    [lastIndex, lastTerm] = [index, term];
  };
  const usual = createUsualCommands(visitor);
  const settle = (): void => {
    const taken = usual.settle();
    if (taken !== undefined) ({ lastIndex, lastTerm, appendedAt } = taken);
  };
  const takePage = (page: LogPage): void => {
    // The first page may begin with entries of the snapshot.
    const from = lastIndex === start && !usual.hasTaken() ? positionAfter(page, start) : 0;
    let to = from;
    try {
      while (to < page.count) {
        if (store.isPlain) to = usual.take(page, to, lastIndex);
        if (to === page.count) break;
        settle();
        take(page.entryAt(to));
        to += 1;
      }
    } finally {
      listener.page(page, from, to);
    }
  };
  const reason = await damageIn(async () => {
    for await (const pages of store.pages(start + 1n)) {
      stopIfInterrupted(signal);
      for (const page of pages) takePage(page);
    }
  });
  settle();
  listener.surveyed(snapshot, lastIndex);
  const isCutOff = fault !== undefined && store.logRange === undefined;
  const unreached = unreachedSnapshot(store, failures, lastIndex);
  const lossReason = reason ?? (isCutOff ? fault : unreached?.reason);
  return {
    snapshot: snapshot && { id: snapshot.id, index: snapshot.index, term: snapshot.term },
    visitor,
    lastIndex,
    lastTerm,
    currentTerm: store.currentTerm,
    entriesBehind: lastIndex - start,
    lastAppendedAtMs: appendedAt === undefined ? undefined : Number(appendedAt / nanosecondsPerMillisecond),
    members,
    faults: [...failures.map(({ message }) => message), ...(fault === undefined ? [] : [fault])],
    lost:
      lossReason === undefined
        ? undefined
        : withUnreached(await lookBehind(store, lastIndex + 1n, lossReason, begin(), signal), unreached, isCutOff),
  };
}

/** The position of the first entry behind `index` on a page; the number of its entries if it has none. */
export function positionAfter({ count, entryAt }: LogPage, index: bigint): number {
  let position = 0;
  while (position < count && entryAt(position).index <= index) position += 1;
  return position;
}

/** Why the work met damage; undefined where it met none. */
async function damageIn(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isJacoError(error, 'store_damaged')) return error.message;
    throw error;
  }
}

/** What of the log can still be read from `from` on. Damage is leapt over in steps that double. */
async function lookBehind<Visitor extends StoreVisitor>(
  store: RaftStoreReader,
  from: bigint,
  reason: string,
  visitor: Visitor,
  signal: AbortSignal,
): Promise<LostEntries<Visitor>> {
  const last = store.logRange?.last;
  let next = from;
  let to = last;
  for (let step = 1n; next <= (last ?? from + farthest); step *= 2n) {
    const isWhole = await unlessDamaged(async () => {
      for await (const stored of store.entries(next)) {
        stopIfInterrupted(signal);
        next = stored.index + 1n;
        to = stored.index;
        const entry = await unlessDamaged(async () => store.readEntry(stored));
        if (entry?.type === 'command') visitor.command(entry.data, 0, entry.data.length);
      }
      return true;
    });
    if (isWhole === true) break;
    next += step;
  }
  return { reason, from, to: last ?? to, visitor };
}

function stateMachineOf<Visitor extends StoreVisitor>(
  visitor: Visitor,
  signal: AbortSignal,
): Pick<StateMachine, 'restore'> & { readonly visitor: Visitor } {
  return {
    visitor,
    async restore(content, refuse) {
      const walk = walkSnapshot(visitor);
      for await (const bytes of content) {
        stopIfInterrupted(signal);
        walk.feed(bytes);
      }
      const found = walk.finish();
      if (found.kind === 'malformed') throw refuse(`at byte ${found.atByte}, ${found.reason}`);
    },
  };
}
