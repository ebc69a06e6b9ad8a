import { posix } from 'node:path';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import type {
  DaemonPresence,
  DaemonSocket,
  DataDirectoryInspection,
  DataDirectoryInspector,
} from '../../src/ports/data-directory-inspector.js';

/** What stands at one path. */
export type InMemoryEntry =
  | { readonly kind: 'not-a-directory' }
  | {
      readonly kind: 'directory';
      readonly owner: FileOwner;
      readonly writable: boolean;
      /** The files in it, as paths inside it. */
      readonly files: Set<string>;
      /** What restore.txt holds. */
      marker?: string;
      /** The size of what a killed restore has left in it. */
      leftBytes?: number;
      /** Whether a daemon has its raft store open. */
      locked: boolean;
    };

/** Who listens on a socket. */
export type InMemoryListener =
  | { readonly kind: 'systemd' | 'unseen' }
  /** `serving`: the data directory whose store it has open. */
  | { readonly kind: 'daemon'; readonly serving: string | undefined };

/** A {@link DataDirectoryInspector} of a machine in memory, and that machine. */
export interface InMemoryDataDirectoryInspector extends DataDirectoryInspector {
  /** By absolute path. What is missing can be made. */
  readonly entries: Map<string, InMemoryEntry>;
  /** By the path of the unix socket. */
  readonly listeners: Map<string, InMemoryListener>;
  /** What the one file system says. */
  freeBytes: number | undefined;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryDataDirectoryInspector(): InMemoryDataDirectoryInspector {
  const entries = new Map<string, InMemoryEntry>();
  const listeners = new Map<string, InMemoryListener>();
  const inspector: InMemoryDataDirectoryInspector = {
    entries,
    listeners,
    freeBytes: undefined,
    async inspect(dataDirectory, socket): Promise<DataDirectoryInspection> {
      const path = posix.resolve('/', dataDirectory);
      const entry = entries.get(path);
      const nothing = {
        path,
        owner: undefined,
        freeBytes: undefined,
        existingRaftStore: undefined,
        foreignEntry: undefined,
        foreignMarker: false,
      };
      const daemon = presenceOf(listeners.get(socket.path), path, socket);
      const { freeBytes } = inspector;
      if (entry === undefined) return { ...nothing, kind: 'missing', writable: true, freeBytes, daemon };
      if (entry.kind === 'not-a-directory') return { ...nothing, kind: entry.kind, writable: false, daemon };
      return {
        path,
        kind: entry.kind,
        writable: entry.writable,
        freeBytes: freeBytes === undefined ? undefined : freeBytes + (entry.leftBytes ?? 0),
        owner: entry.owner,
        existingRaftStore: raftStoreAmong(entry.files),
        foreignEntry: foreignAmong(entry.files),
        foreignMarker: isOtherThanMarker(entry.marker ?? ''),
        daemon: entry.locked
          ? { kind: 'running', evidence: 'process 7 holds the lock on raft/log.db', certain: true }
          : daemon,
      };
    },
  };
  return inspector;
}

function presenceOf(listener: InMemoryListener | undefined, path: string, socket: DaemonSocket): DaemonPresence {
  const configured = socket.dataDirectory ?? path;
  const served =
    (listener?.kind === 'daemon' && socket.dataDirectory !== path ? listener.serving : undefined) ?? configured;
  if (listener === undefined || served !== path) return { kind: 'none' };
  if (listener.kind === 'systemd') return { kind: 'awaited', socket: socket.path };
  const clause = `listens on ${socket.path}`;
  if (listener.kind === 'unseen') return { kind: 'unknown', reason: `a process that this one may not see ${clause}` };
  const certain = socket.dataDirectory !== undefined || (listener.kind === 'daemon' && listener.serving !== undefined);
  return { kind: 'running', evidence: `process 7 (jacod) ${clause}`, certain };
}

function isOtherThanMarker(text: string): boolean {
  return text !== '' && !/^cluster_id=/m.test(text);
}

function foreignAmong(files: ReadonlySet<string>): string | undefined {
  const names = [...files]
    .map((file) => file.split('/')[0] as string)
    .filter((name) => !/^(?:lost\+found$|\.{1,2}jaco-lock-)/.test(name))
    .toSorted((a, b) => (a < b ? -1 : 1));
  return names.some((name) => /^(?:raft|node|wg)(?:\.restoring)?$|^restore\.txt(?:\.part)?$/.test(name))
    ? undefined
    : names[0];
}

function raftStoreAmong(files: ReadonlySet<string>): string | undefined {
  if (files.has('raft/log.db')) return 'raft/log.db';
  const store = [...files].filter((file) => file === 'raft' || file.startsWith('raft/'));
  return store.toSorted((a, b) => (a < b ? -1 : 1))[0];
}
