import type { FileOwner } from '../domain/raft-store-seed.js';

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
  /** Why a daemon is believed to be running on it, as the end of "a daemon is running: …"; undefined when none is. */
  readonly runningDaemon: string | undefined;
}

/** Looks at a data directory without changing anything. */
export interface DataDirectoryInspector {
  /**
   * @param socket  the unix socket on which a daemon of this directory would answer
   * @throws permission_denied, storage_failed  the directory cannot be looked into
   */
  inspect(dataDirectory: string, socket: string): Promise<DataDirectoryInspection>;
}
