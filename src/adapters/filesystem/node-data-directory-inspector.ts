import { dirname, join, resolve } from 'node:path';
import type {
  DaemonSocket,
  DataDirectoryInspection,
  DataDirectoryInspector,
} from '../../ports/data-directory-inspector.js';
import { absentBelowFile, findDaemon, logStorePath } from './daemon-presence.js';
import { storageError } from './file-operations.js';
import type { FileSystem } from './file-system.js';

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

async function inspect(fileSystem: FileSystem, path: string, socket: DaemonSocket): Promise<DataDirectoryInspection> {
  const status = await fileSystem.status(path);
  const daemon = await findDaemon(fileSystem, path, socket);
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
        daemon,
      };
    }
    const writable = await isParentWritable(fileSystem, path);
    return { path, kind: 'missing', writable, owner: undefined, existingRaftStore: undefined, daemon };
  }
  if (status.kind !== 'directory') {
    return {
      path,
      kind: 'not-a-directory',
      writable: false,
      owner: undefined,
      existingRaftStore: undefined,
      daemon,
    };
  }
  return {
    path,
    kind: 'directory',
    writable: await fileSystem.isWritable(path),
    owner: status.owner,
    existingRaftStore: await findRaftStore(fileSystem, path, status.device),
    daemon,
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
  if ((await fileSystem.linkStatus(join(dataDirectory, logStorePath)).catch(absentBelowFile)) !== undefined)
    return logStorePath;
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
