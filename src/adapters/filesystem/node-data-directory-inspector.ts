import { dirname, join, resolve } from 'node:path';
import { markerFileName } from '../../domain/restore/marker.js';
import { dataDirectoryNames, logStorePath } from '../../domain/values/data-directory-layout.js';
import type {
  DaemonSocket,
  DataDirectoryInspection,
  DataDirectoryInspector,
} from '../../ports/data-directory-inspector.js';
import { absentBelowFile, findDaemon } from './daemon-presence.js';
import { readSmallFile, storageError } from './file-operations.js';
import type { FileSystem } from './file-system.js';

/** Examines data directories on this machine's file system. */
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

async function inspect(fileSystem: FileSystem, path: string, socket: DaemonSocket): Promise<DataDirectoryInspection> {
  const status = await fileSystem.status(path);
  const daemon = await findDaemon(fileSystem, path, socket);
  if (status === undefined) {
    const link = await fileSystem.linkStatus(path);
    // If something other than a dangling link is there now, another restore has created it meanwhile.
    if (link !== undefined && link.kind !== 'link') return inspect(fileSystem, path, socket);
    if (link !== undefined) return { ...nothingAt(path), kind: 'not-a-directory', writable: false, daemon };
    const parent = await existingParent(fileSystem, path);
    return { ...nothingAt(path), ...(await placeBelow(fileSystem, parent)), kind: 'missing', daemon };
  }
  if (status.kind !== 'directory') return { ...nothingAt(path), kind: 'not-a-directory', writable: false, daemon };
  return {
    path,
    kind: 'directory',
    writable: await fileSystem.isWritable(path),
    freeBytes: await roomIn(fileSystem, path, status.device),
    owner: status.owner,
    existingRaftStore: await findRaftStore(fileSystem, path, status.device),
    foreignEntry: await findForeignEntry(fileSystem, path),
    foreignMarker: await isOtherThanMarker(fileSystem, join(path, markerFileName)),
    daemon,
  };
}

function nothingAt(path: string) {
  return {
    path,
    owner: undefined,
    freeBytes: undefined,
    existingRaftStore: undefined,
    foreignEntry: undefined,
    foreignMarker: false,
  };
}

/** What a daemon keeps in its data directory (wire and disk facts), and what a killed restore leaves there. */
const entriesOfDaemon: readonly string[] = [
  ...Object.values(dataDirectoryNames),
  ...['wg', 'jaco.sock', markerFileName, `${markerFileName}.part`],
];
/** Entries of a fresh file system, and sockets of our own locks: these mean nothing. */
const saysNothing = /^(?:lost\+found$|\.{1,2}jaco-lock-)/;

/** The first entry, if no entry belongs to a daemon. */
async function findForeignEntry(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  const names = await fileSystem.list(path);
  if (names.some((name) => entriesOfDaemon.includes(name))) return undefined;
  return names.filter((name) => !saysNothing.test(name)).toSorted((a, b) => (a < b ? -1 : 1))[0];
}

/** Larger than any marker. */
const markerLimitBytes = 64 * 1024;

/** Whether the file is neither empty nor a marker. */
async function isOtherThanMarker(fileSystem: FileSystem, path: string): Promise<boolean> {
  const status = await fileSystem.status(path);
  if (status === undefined || (status.kind === 'file' && status.sizeBytes === 0)) return false;
  if (status.kind !== 'file') return true;
  const bytes = await readSmallFile(fileSystem, path, markerLimitBytes);
  return bytes === undefined || !/^cluster_id=/m.test(new TextDecoder().decode(bytes));
}

/** The nearest ancestor that is there. */
async function existingParent(fileSystem: FileSystem, path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path || (await fileSystem.status(parent)) !== undefined) return parent;
  return existingParent(fileSystem, parent);
}

/** A missing directory can be created if its nearest existing ancestor is a writable directory. */
async function placeBelow(fileSystem: FileSystem, parent: string) {
  const isDirectory = (await fileSystem.status(parent))?.kind === 'directory';
  const writable = isDirectory && (await fileSystem.isWritable(parent));
  return { writable, freeBytes: isDirectory ? await freeBytesAt(fileSystem, parent) : undefined };
}

/** With what a killed restore has left on the same device, which the next one removes before it writes. */
async function roomIn(fileSystem: FileSystem, path: string, device: bigint): Promise<number | undefined> {
  const free = await freeBytesAt(fileSystem, path);
  if (free === undefined) return undefined;
  return free + (await sizeOfTree(fileSystem, join(path, dataDirectoryNames.stagedRaft), device));
}

/** A file system that does not tell must not stop a restore. */
async function freeBytesAt(fileSystem: FileSystem, path: string): Promise<number | undefined> {
  return fileSystem.freeBytes(path).catch(() => undefined);
}

async function sizeOfTree(fileSystem: FileSystem, path: string, device: bigint): Promise<number> {
  const status = await fileSystem.linkStatus(path).catch(absentBelowFile);
  if (status === undefined || status.device !== device) return 0;
  if (status.kind !== 'directory') return status.sizeBytes;
  let sizeBytes = 0;
  for (const name of await fileSystem.list(path)) sizeBytes += await sizeOfTree(fileSystem, join(path, name), device);
  return sizeBytes;
}

/**
 * The first file below `raft`, log.db before others. A daemon that was never initialised may have left empty
 * directories there; those are not a store. A mount point there counts as a store: no rename can replace it.
 */
async function findRaftStore(
  fileSystem: FileSystem,
  dataDirectory: string,
  device: bigint,
): Promise<string | undefined> {
  if ((await fileSystem.linkStatus(join(dataDirectory, logStorePath)).catch(absentBelowFile)) !== undefined)
    return logStorePath;
  const { raft } = dataDirectoryNames;
  const status = await fileSystem.status(join(dataDirectory, raft));
  if (status?.kind === 'directory' && status.device !== device) return `${raft} (a file system of its own)`;
  return findFile(fileSystem, dataDirectory, raft);
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
