import { isJacoError, JacoError } from '../../domain/errors.js';
import type { RefuseDamage } from './damaged-store.js';
import type { LogEntry } from './log-entry.js';
import type { StoredLogEntry } from './log-page.js';
import { decodeRaftConfiguration } from './raft-configuration.js';
import type { RaftStoreReader } from './raft-store-reader.js';
import type { RaftServer, SnapshotMeta } from './snapshot-meta.js';

/** What commands are applied to (hashicorp/raft v1.7 fsm.go). */
export interface StateMachine {
  /**
   * Loads a snapshot. Rethrows what `content` throws; nothing in it can be trusted before its end.
   * @throws store_damaged (through `refuse`)
   */
  restore(content: AsyncIterable<Uint8Array>, refuse: RefuseDamage): Promise<void>;
  /**
   * Applies the command of a log entry.
   * @throws store_damaged (through `refuse`)
   */
  apply(index: bigint, data: Uint8Array, refuse: RefuseDamage): void;
}

/** The content of a booted store. */
export interface ReplayedStore<State> {
  /** The snapshot that the state begins with. */
  readonly snapshot: SnapshotMeta | undefined;
  readonly state: State;
  /** The index of the last entry, or of the snapshot if no entry follows it; 0 without either. */
  readonly lastIndex: bigint;
  readonly lastTerm: bigint;
  /** The members in the newest configuration, which the engine uses whether it was committed or not. */
  readonly servers: readonly RaftServer[];
  /** The index of the log entry that made `servers` the members. */
  readonly configurationIndex: bigint;
  /** Why newer snapshots than `snapshot` cannot be used, newest first, a sentence each. */
  readonly passedOver: readonly string[];
}

/**
 * Boots a store by the rules of hashicorp/raft v1.7 (api.go NewRaft): the newest snapshot with a correct checksum, its
 * configuration, then every later log entry. Fails where that engine would stop with an error or a panic. `begin` makes
 * an empty state; `onEntry` sees each later entry once it counts. Keeps no entries.
 * @throws store_damaged, permission_denied, storage_failed
 */
export async function replayStore<State extends StateMachine>(
  store: RaftStoreReader,
  begin: () => State,
  onEntry: (stored: StoredLogEntry, entry: LogEntry) => void,
): Promise<ReplayedStore<State>> {
  const { snapshot, state, failures } = await restoreNewest(store, begin);
  // The engine gives up when there are some and none can be used.
  if (snapshot === undefined && failures[0] !== undefined) throw failures[0];
  if (snapshot !== undefined && store.currentTerm < snapshot.term) {
    throw store.refuseLog(
      `its CurrentTerm is ${store.currentTerm}, below the term ${snapshot.term} of the newest snapshot: every later snapshot would sort as older`,
    );
  }
  let { servers, configurationIndex, index: lastIndex, term: lastTerm } = snapshot ?? nothingYet;
  for await (const stored of store.entries(lastIndex + 1n)) {
    if (stored.index !== lastIndex + 1n) throw missingEntry(lastIndex + 1n, failures, store.refuseLog);
    const entry = store.readEntry(stored);
    const { index, term, type, data } = entry;
    if (type === 'configuration') {
      servers = decodeRaftConfiguration(data, store.refuseLog);
      configurationIndex = index;
    }
    if (type === 'command') state.apply(index, data, store.refuseLog);
    onEntry(stored, entry);
    [lastIndex, lastTerm] = [index, term];
  }
  const passedOver = failures.map(({ message }) => message);
  return { snapshot, state, lastIndex, lastTerm, servers, configurationIndex, passedOver };
}

/** Where a log without a snapshot before it begins. */
export const nothingYet: Pick<SnapshotMeta, 'servers' | 'configurationIndex' | 'index' | 'term'> = {
  servers: [],
  configurationIndex: 0n,
  index: 0n,
  term: 0n,
};

/** The newest snapshot that can be used. */
export interface RestoredSnapshot<State> {
  /** Undefined where there is none. */
  readonly snapshot: SnapshotMeta | undefined;
  readonly state: State;
  /** Why newer ones cannot be used, newest first. */
  readonly failures: readonly JacoError[];
}

/**
 * Tries the snapshots of a store from the newest on, as the engine does.
 * @throws permission_denied, storage_failed, interrupted
 */
export async function restoreNewest<State extends Pick<StateMachine, 'restore'>>(
  store: RaftStoreReader,
  begin: () => State,
): Promise<RestoredSnapshot<State>> {
  const failures: JacoError[] = [];
  for (const snapshot of store.snapshots) {
    const state = begin();
    try {
      const { content } = await store.openSnapshot(snapshot.id);
      await state.restore(content, store.refuseSnapshot(snapshot.id));
      return { snapshot, state, failures };
    } catch (error) {
      if (!isJacoError(error) || ['interrupted', 'permission_denied'].includes(error.code)) throw error;
      failures.push(error);
    }
  }
  return { snapshot: undefined, state: begin(), failures };
}

/** The error for a gap behind the snapshot. If a newer one was skipped, the log itself is correct: it begins after that one. */
export function missingEntry(index: bigint, [damaged]: readonly JacoError[], refuse: RefuseDamage): JacoError {
  const gap = refuse(`log entry ${index} is missing`);
  if (damaged === undefined) return gap;
  const sentence = `${damaged.message} An older snapshot cannot take its place, as log entry ${index} is missing.`;
  return new JacoError('store_damaged', sentence, {
    remedies: gap.remedies,
    details: damaged.details,
    cause: damaged,
  });
}
