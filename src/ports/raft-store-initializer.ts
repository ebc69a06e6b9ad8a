import type { LeftBehind } from '../domain/errors.js';
import type { FirstCommands } from '../domain/restore/first-commands.js';
import type { RaftStoreSeed } from '../domain/restore/raft-store-seed.js';

/**
 * How a commit ended that did not fail. `in-doubt`: the store was moved, but neither that could be made durable nor could
 * it be moved back, for the reason in `failure`. It is complete at `standsAt`. After a power cut it is in its final place,
 * or beside it under the name under which it was staged; what was written before it must stay, in case it is in its place.
 */
export type CommitOutcome =
  | { readonly kind: 'durable' }
  | { readonly kind: 'in-doubt'; readonly standsAt: string; readonly failure: unknown };

/** A complete raft store that waits beside its final place. Exactly one of the two methods ends it. */
export interface StagedRaftStore {
  /** Of the state that was staged, before it was sealed. */
  readonly snapshotSizeBytes: number;
  /**
   * Moves the store to its final place with one rename, durably. If it throws, nothing has moved and the store may be
   * discarded; empty directories that stood in its place may be gone. After either outcome it is ended.
   * @throws raft_store_exists  a store has appeared there meanwhile
   * @throws storage_failed, permission_denied
   */
  commit(): Promise<CommitOutcome>;
  /** Removes the staged store, and gives what is left of it. Never fails. After a commit it does nothing. */
  discard(): Promise<readonly LeftBehind[]>;
}

/** Seeds the raft store of a data directory from a snapshot. */
export interface RaftStoreInitializer {
  /**
   * Builds the store in a staging directory inside the data directory and puts all that is in it on stable storage,
   * consuming `state` to its end with back-pressure. State, log entry and stable store are sealed as the seed says, before a
   * byte of them reaches a disk. Nothing that a daemon reads has changed when it resolves. It clears the staging directory
   * that a killed restore left, and holds a lock against other restores until commit or discard. `firstCommands` is asked
   * once the state has ended; what it gives becomes the one entry of the log, at the index behind the snapshot and of its
   * term; undefined leaves the log empty. What `state`, the seal and `firstCommands` throw is thrown on; after any failure the
   * staging directory is gone, or the error names it as left behind.
   * @throws in_progress        another restore works on this data directory
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
