import type { FileOwner } from '../domain/restore/raft-store-seed.js';

/** What restore must know of the target before it writes anything. */
export interface DataDirectoryInspection {
  readonly path: string;
  readonly kind: 'missing' | 'directory' | 'not-a-directory';
  /** Whether this process may create files there (in the nearest existing parent when it is missing). */
  readonly writable: boolean;
  /** The directory's owner; undefined when it is missing. */
  readonly owner: FileOwner | undefined;
  /** What of a raft store is already there, as a path inside the data directory ("raft/log.db"); undefined when nothing is. */
  readonly existingRaftStore: string | undefined;
  /** One of the entries of a directory that is not empty and has nothing in it that a daemon keeps; undefined for any other. */
  readonly foreignEntry: string | undefined;
  /** Whether the file where the marker will be is something else, which the marker would replace. */
  readonly foreignMarker: boolean;
  readonly daemon: DaemonPresence;
}

/** Whether a daemon runs on a data directory. */
export type DaemonPresence =
  | { readonly kind: 'none' }
  /** None runs; systemd listens on its socket and starts it when somebody connects. */
  | { readonly kind: 'awaited'; readonly socket: string }
  /** `evidence`: why it is believed, as a clause. `certain`: whether it is known to serve this very directory. */
  | { readonly kind: 'running'; readonly evidence: string; readonly certain: boolean }
  /** It cannot be told, for lack of rights or since this system does not say; `reason`: why, as a clause. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The unix socket on which a daemon of a data directory would listen. */
export interface DaemonSocket {
  readonly path: string;
  /**
   * The data directory that the configuration gives to the daemon of this socket. Undefined where it does not tell, as the
   * operator names both: then a listener that is not seen to serve another one is taken for a daemon of the one at hand.
   */
  readonly dataDirectory: string | undefined;
}

/** Looks at a data directory without changing anything, and without connecting to anything: that could start a daemon. */
export interface DataDirectoryInspector {
  /**
   * @param socket  where a daemon of this directory would listen
   * @throws permission_denied, storage_failed  the directory cannot be looked into
   */
  inspect(dataDirectory: string, socket: DaemonSocket): Promise<DataDirectoryInspection>;
}
