import type { LeftBehind } from '../domain/errors.js';
import type { ClusterView } from './cluster-view.js';

/** A place for a rehearsal, empty at first. Whoever prepared it removes it. */
export interface RehearsalPlace {
  /** Absolute; does not exist yet. */
  readonly dataDirectory: string;
  /** A path at which nobody listens. */
  readonly socket: string;
  /** Removes everything, whatever was left there, and gives what it could not remove. Never fails; may be called again. */
  remove(): Promise<readonly LeftBehind[]>;
}

/** A node that has come up on restored files. */
export interface RehearsingNode {
  /** What it tells of itself, asked as any daemon is. */
  readonly cluster: ClusterView;
  /** The whole state that it holds, in the form of a snapshot. */
  state(): AsyncIterable<Uint8Array>;
  stop(): Promise<void>;
}

/** A node that can be booted for a trial, and the room to do it in. */
export interface RehearsalNode {
  /**
   * Makes room, below `directory` where one is given, and clears away what rehearsals that were killed have left there. What of
   * that stays is named when the place is removed.
   * @throws permission_denied, storage_failed
   */
  prepare(directory: string | undefined): Promise<RehearsalPlace>;
  /**
   * Boots what was restored, by the rules of the real daemon's engine. The caller stops it.
   * @throws store_damaged, marker_mismatch, storage_failed
   */
  boot(place: RehearsalPlace): Promise<RehearsingNode>;
}
