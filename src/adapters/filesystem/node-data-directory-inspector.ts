import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { DataDirectoryInspection, DataDirectoryInspector } from '../../ports/data-directory-inspector.js';
import { storageError } from './file-operations.js';
import type { FileStatus, FileSystem } from './file-system.js';

/** How long a socket may take to accept before nobody is believed to listen, in milliseconds. */
const connectDeadlineMs = 2_000;

/** Looks at data directories on this machine's file system. */
export function createDataDirectoryInspector(fileSystem: FileSystem): DataDirectoryInspector {
  return {
    async inspect(dataDirectory, socket) {
      const path = resolve(dataDirectory);
      try {
        return await inspect(fileSystem, path, socket);
      } catch (error) {
        throw storageError(error, `restore into ${path}`);
      }
    },
  };
}

async function inspect(fileSystem: FileSystem, path: string, socket: string): Promise<DataDirectoryInspection> {
  const status = await fileSystem.status(path);
  const runningDaemon = await findRunningDaemon(fileSystem, path, socket);
  if (status === undefined) {
    if ((await fileSystem.linkStatus(path)) !== undefined) {
      return {
        path,
        kind: 'not-a-directory',
        writable: false,
        owner: undefined,
        existingRaftStore: undefined,
        runningDaemon,
      };
    }
    const writable = await isParentWritable(fileSystem, path);
    return { path, kind: 'missing', writable, owner: undefined, existingRaftStore: undefined, runningDaemon };
  }
  if (status.kind !== 'directory') {
    return {
      path,
      kind: 'not-a-directory',
      writable: false,
      owner: undefined,
      existingRaftStore: undefined,
      runningDaemon,
    };
  }
  return {
    path,
    kind: 'directory',
    writable: await fileSystem.isWritable(path),
    owner: status.owner,
    existingRaftStore: await findRaftStore(fileSystem, path),
    runningDaemon,
  };
}

/** A missing directory can be made where its nearest existing ancestor is a directory that can be written. */
async function isParentWritable(fileSystem: FileSystem, path: string): Promise<boolean> {
  const parent = dirname(path);
  const status = await fileSystem.status(parent);
  if (status === undefined) return parent !== path && isParentWritable(fileSystem, parent);
  return status.kind === 'directory' && (await fileSystem.isWritable(parent));
}

/**
 * The first file below `raft`, log.db before others. A daemon that was never initialised may have left empty
 * directories there; those are no store.
 */
async function findRaftStore(fileSystem: FileSystem, dataDirectory: string): Promise<string | undefined> {
  const logStore = join('raft', 'log.db');
  if ((await fileSystem.linkStatus(join(dataDirectory, logStore)).catch(absentBelowFile)) !== undefined)
    return logStore;
  return findFile(fileSystem, dataDirectory, 'raft');
}

async function findFile(fileSystem: FileSystem, root: string, relative: string): Promise<string | undefined> {
  const status = await fileSystem.linkStatus(join(root, relative));
  if (status === undefined) return undefined;
  if (status.kind !== 'directory') return relative;
  for (const name of (await fileSystem.list(join(root, relative))).toSorted((a, b) => (a < b ? -1 : 1))) {
    const found = await findFile(fileSystem, root, join(relative, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `raft` itself may be a file, below which nothing can be. */
function absentBelowFile(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOTDIR') return undefined;
  throw error;
}

async function findRunningDaemon(
  fileSystem: FileSystem,
  dataDirectory: string,
  socket: string,
): Promise<string | undefined> {
  if (await answers(socket)) {
    return `as ${socket} answers (if it serves another data directory, name this one's socket with --socket)`;
  }
  const logStore = join(dataDirectory, 'raft', 'log.db');
  const status = await fileSystem.status(logStore).catch(absentBelowFile);
  return status !== undefined && (await isLocked(status)) ? 'as it holds the lock on raft/log.db' : undefined;
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const settle = (answer: boolean) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(connectDeadlineMs, () => settle(false));
    connection.once('connect', () => settle(true));
    // EAGAIN: somebody listens, and is too busy to accept.
    connection.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'EAGAIN'));
  });
}

/**
 * Whether somebody holds a lock on the file, as bbolt does while a daemon has it open (flock, bbolt v1.4
 * bolt_unix.go). Linux lists the locks of the machine in /proc/locks as "major:minor:inode" (proc(5)); where there is no
 * such list, nobody is believed to hold one.
 */
async function isLocked(status: FileStatus): Promise<boolean> {
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  const major = ((status.device >> 8n) & 0xfffn) | ((status.device >> 32n) & ~0xfffn);
  const minor = (status.device & 0xffn) | ((status.device >> 12n) & ~0xffn);
  const hex = (value: bigint) => value.toString(16).padStart(2, '0');
  return locks.includes(` ${hex(major)}:${hex(minor)}:${status.inode} `);
}
