import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { DataDirectoryInspection, DataDirectoryInspector } from '../../ports/data-directory-inspector.js';
import { storageError } from './file-operations.js';
import type { FileStatus, FileSystem } from './file-system.js';
import { answers } from './socket-probe.js';

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
    const link = await fileSystem.linkStatus(path);
    // What is there now and is no link to nothing, another restore has made since the look.
    if (link !== undefined && link.kind !== 'link') return inspect(fileSystem, path, socket);
    if (link !== undefined) {
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
    existingRaftStore: await findRaftStore(fileSystem, path, status.device),
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
 * directories there; those are no store. A file system that is mounted there counts as one: no rename can replace it.
 */
async function findRaftStore(
  fileSystem: FileSystem,
  dataDirectory: string,
  device: bigint,
): Promise<string | undefined> {
  const logStore = join('raft', 'log.db');
  if ((await fileSystem.linkStatus(join(dataDirectory, logStore)).catch(absentBelowFile)) !== undefined)
    return logStore;
  const raft = await fileSystem.status(join(dataDirectory, 'raft'));
  if (raft?.kind === 'directory' && raft.device !== device) return 'raft (a file system of its own)';
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
  return status !== undefined && (await isLocked(fileSystem, status))
    ? 'as it holds the lock on raft/log.db'
    : undefined;
}

/**
 * Whether somebody holds a lock on the file, as bbolt does while a daemon has it open (flock, bbolt v1.4
 * bolt_unix.go). Linux lists the locks of the machine in /proc/locks as "major:minor:inode" (proc(5)); where there is no
 * such list, nobody is believed to hold one.
 */
async function isLocked(fileSystem: FileSystem, file: FileStatus): Promise<boolean> {
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  for (const [, holder, device, inode] of locks.matchAll(/ ([0-9]+) ([0-9a-f]+:[0-9a-f]+):([0-9]+) /g)) {
    if (inode !== String(file.inode)) continue;
    if (device === deviceNumbers(file.device) || (await hasOpen(fileSystem, holder as string, file))) return true;
  }
  return false;
}

/** A device as /proc/locks writes it (major and minor as in makedev(3)). */
function deviceNumbers(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':');
}

/**
 * Whether the process has the file open. On btrfs, /proc/locks names another device than stat(2) does; what the holder
 * of a lock has open settles whether it is this file that it locks.
 */
async function hasOpen(fileSystem: FileSystem, holder: string, file: FileStatus): Promise<boolean> {
  const directory = `/proc/${holder}/fd`;
  for (const descriptor of await fileSystem.list(directory).catch(() => [])) {
    const open = await fileSystem.status(join(directory, descriptor)).catch(() => undefined);
    if (open?.device === file.device && open.inode === file.inode) return true;
  }
  return false;
}
