import type { ClusterAuthority } from '../domain/archive/snapshot-findings.js';
import type { LeftBehind } from '../domain/errors.js';
import type { FileOwner } from '../domain/restore/raft-store-seed.js';

/** A request for what a node needs to prove its identity. */
export interface NodeIdentityRequest {
  readonly dataDirectory: string;
  /** The node's hostname. */
  readonly name: string;
  /** What to make; undefined makes nothing, and only clears away what a killed restore left. */
  readonly wanted:
    | {
        /** Names and IP addresses under which the node may be dialled, its hostname first. */
        readonly hosts: readonly string[];
        /** The cluster's CA, which signs. */
        readonly authority: ClusterAuthority;
      }
    | undefined;
  readonly owner: FileOwner | undefined;
}

/**
 * A staged identity, with a record of its files that survives a crash. End it with {@link install} and then {@link
 * finish}, or with {@link withdraw}.
 */
export interface StagedNodeIdentity {
  /** Files that {@link install} will make, as paths inside the data directory ("node/ca.crt"). */
  readonly files: readonly string[];
  /** What the operator should know, for example that an existing file belongs to another cluster. */
  readonly warnings: readonly string[];
  /**
   * Puts the files into place, durably, each whole or not at all. Since staging, the entries of the data directory must
   * have been made durable, as writing the marker does: otherwise a crash could keep a file and lose the record that it
   * is ours.
   * @throws permission_denied, storage_failed  for example, a file has appeared meanwhile
   */
  install(): Promise<void>;
  /**
   * Removes the record that was kept for undoing, because the store has been committed, and returns what is left of it,
   * which does no harm. Never fails.
   */
  finish(): Promise<readonly LeftBehind[]>;
  /**
   * Removes exactly what was staged and installed, and returns what is left of it, which the next {@link
   * NodeIdentityWriter.stage} removes as far as it can. Never fails.
   */
  withdraw(): Promise<readonly LeftBehind[]>;
}

/** Gives a restored node the certificate and key that the daemon has after `cluster init`. */
export interface NodeIdentityWriter {
  /**
   * Returns the files that {@link stage} would make, and its warnings; neither writes nor removes anything.
   * @throws permission_denied, storage_failed
   */
  preview(request: NodeIdentityRequest): Promise<Pick<StagedNodeIdentity, 'files' | 'warnings'>>;
  /**
   * Makes and signs what is missing. Never overwrites existing files. First removes what a killed restore left, staged
   * or installed.
   * @throws permission_denied, storage_failed
   */
  stage(request: NodeIdentityRequest): Promise<StagedNodeIdentity>;
}
