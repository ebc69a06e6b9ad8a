import type { LeftBehind } from '../domain/errors.js';
import type { FirstCommands } from '../domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../domain/restore/raft-store-seed.js';

/**
 * The outcome of a commit that did not fail. `in-doubt`: the store was moved, but the move could be neither made
 * durable nor undone, for the reason in `failure`. It is complete at `standsAt`. After a power cut it is in its final
 * place or still under its staging name; what was written before it must stay, in case it is in its final place.
 */
export type CommitOutcome =
  | { readonly kind: 'durable' }
  | { readonly kind: 'in-doubt'; readonly standsAt: string; readonly failure: unknown };

/** A complete raft store, staged next to its final place. Exactly one of the two methods ends it. */
export interface StagedRaftStore {
  /** The size of the staged state, before sealing. */
  readonly snapshotSizeBytes: number;
  /**
   * Moves the store to its final place with one rename, durably. If it throws, nothing has moved and the store may be
   * discarded; empty directories in its place may be gone. Either outcome ends the staged store.
   * @throws raft_store_exists  a store has appeared there meanwhile
   * @throws storage_failed, permission_denied
   */
  commit(): Promise<CommitOutcome>;
  /** Removes the staged store, and returns what is left of it. Never fails. Does nothing after a commit. */
  discard(): Promise<readonly LeftBehind[]>;
}

/** Seeds the raft store of a data directory from a snapshot. */
export interface RaftStoreInitializer {
  /**
   * Builds the store in a staging directory inside the data directory and puts it on stable storage, consuming `state`
   * to its end with back-pressure. Seals state, log entry and stable store as the seed says, before a byte of them
   * reaches a disk. When it resolves, nothing that a daemon reads has changed. It clears away the staging directory of
   * a killed restore, and holds a lock against other restores until commit or discard. It calls `firstCommands` once
   * the state has ended; the result becomes the only entry of the log, at the index after the snapshot and in its term;
   * undefined leaves the log empty. Rethrows what `state`, the seal and `firstCommands` throw; after any failure the
   * staging directory is gone, or the error names it as left behind.
   * @throws in_progress        another restore uses this data directory
   * @throws raft_store_exists  a store is there already, which another restore may have put there a moment ago
   * @throws permission_denied, storage_failed
   * @throws interrupted        `signal` fired
   */
  stage(
    seed: RaftStoreSeed,
    state: AsyncIterable<Uint8Array>,
    firstCommands: () => FirstCommands | undefined,
    signal: AbortSignal,
  ): Promise<StagedRaftStore>;
}
