import { posix } from 'node:path';
import type { FileOwner } from '../../src/domain/raft-store-seed.js';
import type { DataDirectoryInspection, DataDirectoryInspector } from '../../src/ports/data-directory-inspector.js';

/** What stands at one path. */
export type InMemoryEntry =
  | { readonly kind: 'not-a-directory' }
  | {
      readonly kind: 'directory';
      readonly owner: FileOwner;
      readonly writable: boolean;
      /** The files in it, as paths inside it. */
      readonly files: Set<string>;
      /** Whether a daemon has its raft store open. */
      locked: boolean;
    };

/** A {@link DataDirectoryInspector} of a machine in memory, and that machine. */
export interface InMemoryDataDirectoryInspector extends DataDirectoryInspector {
  /** By absolute path. What is missing can be made. */
  readonly entries: Map<string, InMemoryEntry>;
  /** Unix sockets on which somebody answers. */
  readonly listening: Set<string>;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryDataDirectoryInspector(): InMemoryDataDirectoryInspector {
  const entries = new Map<string, InMemoryEntry>();
  const listening = new Set<string>();
  return {
    entries,
    listening,
    async inspect(dataDirectory, socket): Promise<DataDirectoryInspection> {
      const path = posix.resolve('/', dataDirectory);
      const entry = entries.get(path);
      const nothing = { path, owner: undefined, existingRaftStore: undefined };
      const answering = listening.has(socket) ? `as ${socket} answers` : undefined;
      if (entry === undefined) return { ...nothing, kind: 'missing', writable: true, runningDaemon: answering };
      if (entry.kind === 'not-a-directory') {
        return { ...nothing, kind: entry.kind, writable: false, runningDaemon: answering };
      }
      return {
        path,
        kind: entry.kind,
        writable: entry.writable,
        owner: entry.owner,
        existingRaftStore: raftStoreAmong(entry.files),
        runningDaemon: answering ?? (entry.locked ? 'as it holds the lock on raft/log.db' : undefined),
      };
    },
  };
}

function raftStoreAmong(files: ReadonlySet<string>): string | undefined {
  if (files.has('raft/log.db')) return 'raft/log.db';
  const store = [...files].filter((file) => file === 'raft' || file.startsWith('raft/'));
  return store.toSorted((a, b) => (a < b ? -1 : 1))[0];
}
