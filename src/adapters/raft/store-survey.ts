import { stopIfInterrupted } from '../../domain/errors.js';
import { walkSnapshot } from '../../domain/state/snapshot-content.js';
import type { StoreSurvey, StoreVisitor } from '../../ports/surviving-stores.js';
import type { StoredLogEntry } from './log-store.js';
import type { RaftStoreReader } from './raft-store-reader.js';
import { replayStore, type StateMachine } from './replayed-store.js';
import type { SnapshotMeta } from './snapshot-meta.js';

/** Receives what a survey finds, in order to rewrite it. */
export interface SurveyListener {
  /** The next entry after the snapshot. */
  entry(stored: StoredLogEntry): void;
  /** The survey has succeeded. */
  surveyed(snapshot: SnapshotMeta | undefined): void;
}

const nanosecondsPerMillisecond = 1_000_000n;

/**
 * Reads a whole store as {@link replayStore} does, and shows it to a visitor.
 * @throws store_damaged, permission_denied, storage_failed, interrupted
 */
export async function surveyStore<Visitor extends StoreVisitor>(
  store: RaftStoreReader,
  begin: () => Visitor,
  listener: SurveyListener,
  signal: AbortSignal,
): Promise<StoreSurvey<Visitor>> {
  let entriesBehind = 0n;
  let appendedAt: bigint | undefined;
  const replayed = await replayStore(
    store,
    () => stateMachineOf(begin(), signal),
    (stored, { appendedAtNanoseconds }) => {
      stopIfInterrupted(signal);
      entriesBehind += 1n;
      appendedAt = appendedAtNanoseconds ?? appendedAt;
      listener.entry(stored);
    },
  );
  const { snapshot, state, lastIndex, lastTerm, servers: members, passedOver } = replayed;
  listener.surveyed(snapshot);
  return {
    snapshot: snapshot && { id: snapshot.id, index: snapshot.index, term: snapshot.term },
    visitor: state.visitor,
    lastIndex,
    lastTerm,
    currentTerm: store.currentTerm,
    entriesBehind,
    lastAppendedAtMs: appendedAt === undefined ? undefined : Number(appendedAt / nanosecondsPerMillisecond),
    members,
    passedOver,
  };
}

function stateMachineOf<Visitor extends StoreVisitor>(
  visitor: Visitor,
  signal: AbortSignal,
): StateMachine & { readonly visitor: Visitor } {
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
    apply(index, data, refuse) {
      if (!visitor.command(data)) throw refuse(`log entry ${index} holds no command of a daemon`);
    },
  };
}
