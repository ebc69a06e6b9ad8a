import type { ClusterAuthority } from '../domain/archive/snapshot-findings.js';
import type { LeftBehind } from '../domain/errors.js';
import type { FileOwner } from '../domain/restore/raft-store-seed.js';

/** What a node needs to prove who it is. */
export interface NodeIdentityRequest {
  readonly dataDirectory: string;
  /** The node's hostname. */
  readonly name: string;
  /** What is to be made; undefined makes nothing, and only clears what a killed restore left. */
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
 * An identity that waits, with a record of what it will be that outlives a crash. Either {@link install} and then
 * {@link finish} end it, or {@link withdraw} does.
 */
export interface StagedNodeIdentity {
  /** Files that {@link install} will make, as paths inside the data directory ("node/ca.crt"). */
  readonly files: readonly string[];
  /** What the operator should know, for example that a file which is there belongs to another cluster. */
  readonly warnings: readonly string[];
  /**
   * Puts the files into place, durably, each of them whole or not at all. Beforehand the entries of the data directory
   * must have been made durable since the staging, as writing the marker does: else a crash could keep a file and lose
   * what tells whose it is.
   * @throws permission_denied, storage_failed  among others where a file has appeared meanwhile
   */
  install(): Promise<void>;
  /**
   * Forgets how to take them back, because the store has been committed, and gives what of that is left: it does no harm.
   * Never fails.
   */
  finish(): Promise<readonly LeftBehind[]>;
  /**
   * Takes away what was staged and installed, and nothing else; gives what is left of it, which the next {@link
   * NodeIdentityWriter.stage} takes away as far as it can. Never fails.
   */
  withdraw(): Promise<readonly LeftBehind[]>;
}

/** Gives a restored node the certificate and key that the daemon has after `cluster init`. */
export interface NodeIdentityWriter {
  /**
   * Says what {@link stage} would make and warn of; writes nothing, and clears nothing away.
   * @throws permission_denied, storage_failed
   */
  preview(request: NodeIdentityRequest): Promise<Pick<StagedNodeIdentity, 'files' | 'warnings'>>;
  /**
   * Makes and signs what is missing. Files that are in place already are never overwritten. What a killed restore left,
   * staged or installed, is cleared away first.
   * @throws permission_denied, storage_failed
   */
  stage(request: NodeIdentityRequest): Promise<StagedNodeIdentity>;
}
