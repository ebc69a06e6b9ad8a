import type { LeftBehind } from '../domain/errors.js';
import type { ClusterView } from './cluster-view.js';

/** A place for a rehearsal, empty at first. The caller that prepared it removes it. */
export interface RehearsalPlace {
  /** Absolute; does not exist yet. */
  readonly dataDirectory: string;
  /** A path at which no process listens. */
  readonly socket: string;
  /** Removes everything in it, and returns what it could not remove. Never fails; may be called again. */
  remove(): Promise<readonly LeftBehind[]>;
}

/** A node that runs on restored files. */
export interface RehearsingNode {
  /** Its own view of the cluster, queried like any daemon's. */
  readonly cluster: ClusterView;
  /** Its whole state, in the form of a snapshot. */
  state(): AsyncIterable<Uint8Array>;
  stop(): Promise<void>;
}

/** Boots a node for a trial, and provides a place for it. */
export interface RehearsalNode {
  /**
   * Creates a place, below `directory` if given, and clears away what killed rehearsals have left there. Removing the
   * place names what could not be cleared away.
   * @throws permission_denied, storage_failed
   */
  prepare(directory: string | undefined): Promise<RehearsalPlace>;
  /**
   * Boots the restored store by the rules of the real daemon's engine. The caller stops it.
   * @throws store_damaged, marker_mismatch, storage_failed
   */
  boot(place: RehearsalPlace): Promise<RehearsingNode>;
}
