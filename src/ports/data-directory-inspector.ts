import type { FileOwner } from '../domain/restore/raft-store-seed.js';

/** What restore must know about the target before it writes anything. */
export interface DataDirectoryInspection {
  readonly path: string;
  readonly kind: 'missing' | 'directory' | 'not-a-directory';
  /** Whether this process may create files there (in the nearest existing parent if it is missing). */
  readonly writable: boolean;
  /**
   * How many bytes a restore may write there: what users other than root have free on the file system (of the nearest
   * existing parent if it is missing), and what a killed restore has left, which the next one removes first. Undefined if
   * unknown, or if there can be no directory.
   */
  readonly freeBytes: number | undefined;
  /** The directory's owner; undefined if it is missing. */
  readonly owner: FileOwner | undefined;
  /**
   * The part of a raft store that is already there, as a path inside the data directory ("raft/log.db"); undefined if
   * there is no such part.
   */
  readonly existingRaftStore: string | undefined;
  /** An entry of a directory that is not empty and holds nothing of a daemon; undefined for any other directory. */
  readonly foreignEntry: string | undefined;
  /** Whether the marker would replace a file that is not a marker. */
  readonly foreignMarker: boolean;
  readonly daemon: DaemonPresence;
}

/** Whether a daemon runs on a data directory. */
export type DaemonPresence =
  | { readonly kind: 'none' }
  /** No daemon runs; systemd listens on its socket and starts it at the first connection. */
  | { readonly kind: 'awaited'; readonly socket: string }
  /** `evidence`: the reason to believe so, as a clause. `certain`: whether it is known to serve this very directory. */
  | { readonly kind: 'running'; readonly evidence: string; readonly certain: boolean }
  /** Unknown, for lack of rights or because this system does not report it; `reason`: why, as a clause. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The unix socket on which a daemon of a data directory would listen. */
export interface DaemonSocket {
  readonly path: string;
  /**
   * The configured data directory of the daemon on this socket. Undefined if unknown, because the operator named both:
   * then a listener counts as a daemon of this directory unless it is seen to serve another one.
   */
  readonly dataDirectory: string | undefined;
}

/**
 * Examines a data directory without changing anything, and without connecting to anything, which could start a daemon.
 */
export interface DataDirectoryInspector {
  /**
   * @param socket  where a daemon of this directory would listen
   * @throws permission_denied, storage_failed  the directory cannot be read
   */
  inspect(dataDirectory: string, socket: DaemonSocket): Promise<DataDirectoryInspection>;
}
