import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import type { NodeIdentityWriter } from '../../src/ports/node-identity-writer.js';

/** Something below `node` in the data directory, or `node` itself. */
export interface FoundEntry {
  readonly mode: number;
  readonly owner: FileOwner;
  /** Undefined for a directory. */
  readonly text: string | undefined;
}

/** What a node's certificate says, and whether its key is that of the certificate. */
export interface FoundPair {
  readonly hosts: readonly string[];
  /** The certificate of that one of the harness's authorities which signed it. */
  readonly signedBy: string | undefined;
  readonly keyFits: boolean;
}

/** One implementation with one data directory, which exists and is empty. */
export interface Harness {
  readonly writer: NodeIdentityWriter;
  readonly dataDirectory: string;
  /** The user who runs this. */
  readonly ourselves: FileOwner;
  /** Another user whom this user may make the owner; ourselves if that is not possible. */
  readonly daemon: FileOwner;
  readonly authorities: readonly [ClusterAuthority, ClusterAuthority];
  /** The content of the data directory by path ("node/ca.crt"), without staged files. */
  found(): Promise<ReadonlyMap<string, FoundEntry>>;
  /** Whether anything waits in the data directory. */
  hasLeftovers(): Promise<boolean>;
  pairOf(name: string): Promise<FoundPair>;
  /** Puts an operator's file, or without text a directory of mode 0700, into the data directory. */
  plant(path: string, text?: string): Promise<void>;
  close(): Promise<void>;
}
