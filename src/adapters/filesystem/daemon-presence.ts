import { join, resolve } from 'node:path';
import { logStorePath } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { DaemonPresence, DaemonSocket } from '../../ports/data-directory-inspector.js';
import { openFiles } from '../host/processes.js';
import { lookAtSocket, type SocketHolder } from '../host/unix-listeners.js';
import { lockHolder } from './file-lock.js';
import type { FileSystem } from './file-system.js';

/**
 * Whether a daemon runs on the data directory: it holds the lock on raft/log.db there, or listens on its socket. The
 * socket configured for the data directory belongs to it, even if the store that the daemon has open was moved away.
 * For any other socket, the daemon serves the directory whose store it has open; a daemon that is not yet a member of a
 * cluster has no store open, and the configuration decides.
 */
export async function findDaemon(
  fileSystem: FileSystem,
  dataDirectory: string,
  socket: DaemonSocket,
): Promise<DaemonPresence> {
  const holder = await storeHolder(fileSystem, dataDirectory);
  if (holder !== undefined) return { kind: 'running', evidence: holder, certain: true };
  const { holders, unseen } = await lookAtSocket(socket.path);
  const place = printable(socket.path, 4096);
  const configured = socket.dataDirectory;
  const configuredHere = configured !== undefined && (await isSame(fileSystem, configured, dataDirectory));
  const configuredElsewhere = configured !== undefined && !configuredHere;
  for (const listener of holders.filter(({ isSystemd }) => !isSystemd)) {
    const served = configuredHere ? undefined : await servedDirectory(listener);
    if (served === undefined ? configuredElsewhere : !(await isSame(fileSystem, served, dataDirectory))) continue;
    const evidence = `process ${listener.process} (${printable(listener.program, 80)}) listens on ${place}`;
    return { kind: 'running', evidence, certain: served !== undefined || configured !== undefined };
  }
  if (configuredElsewhere) return { kind: 'none' };
  if (unseen !== undefined) return { kind: 'unknown', reason: printable(unseen, 4096) };
  const waits = holders.length > 0 && holders.every(({ isSystemd }) => isSystemd);
  return waits ? { kind: 'awaited', socket: place } : { kind: 'none' };
}

/**
 * The process that has the store of the data directory open, in words: `process 4711 holds the lock on raft/log.db`.
 * Undefined if there is no such process, or no store.
 */
export async function storeHolder(fileSystem: FileSystem, dataDirectory: string): Promise<string | undefined> {
  const logStore = await fileSystem.status(join(dataDirectory, logStorePath)).catch(absentBelowFile);
  const holder = logStore === undefined ? undefined : await lockHolder(fileSystem, logStore);
  return holder === undefined ? undefined : `process ${holder} holds the lock on ${logStorePath}`;
}

/** `raft` itself may be a file, below which nothing can be. */
export function absentBelowFile(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOTDIR') return undefined;
  throw error;
}

/**
 * The data directory whose store the process has open, as the process sees the path; undefined if it has no store open.
 */
async function servedDirectory({ process }: SocketHolder): Promise<string | undefined> {
  const ending = `/${logStorePath}`;
  const open = await openFiles(`/proc/${process}`).catch(() => []);
  const store = open.find((file) => file.endsWith(ending));
  return store === undefined ? undefined : `/proc/${process}/root${store.slice(0, -ending.length)}`;
}

/** Whether both paths lead to one directory. */
export async function isSame(fileSystem: FileSystem, one: string, other: string): Promise<boolean> {
  if (resolve(one) === resolve(other)) return true;
  const look = (path: string) => fileSystem.status(path).catch(() => undefined);
  const [a, b] = await Promise.all([look(one), look(other)]);
  return a !== undefined && b !== undefined && a.device === b.device && a.inode === b.inode;
}
