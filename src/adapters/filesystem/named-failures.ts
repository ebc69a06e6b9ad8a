import { storageError } from './file-operations.js';
import type { FileSystem, OpenFile } from './file-system.js';

/**
 * The same file system, with failures as sentences that name the action and the path. Applied at the boundary of this
 * adapter, so that errors of a caller's own stream pass unchanged. The operating system's error stays as `cause`, its
 * code as `details.errno`.
 */
export function namingFailures(fileSystem: FileSystem): FileSystem {
  return {
    createFile: (path, mode) =>
      naming(`create ${path}`, async () => namingFileFailures(await fileSystem.createFile(path, mode), path)),
    openFile: (path, links) =>
      naming(`open ${path}`, async () => namingFileFailures(await fileSystem.openFile(path, links), path)),
    createDirectory: (path, mode) =>
      naming(`create the directory ${path}`, () => fileSystem.createDirectory(path, mode)),
    list: (path) => naming(`list ${path}`, () => fileSystem.list(path)),
    listUndecodable: (path) => naming(`list ${path}`, () => fileSystem.listUndecodable(path)),
    status: (path) => naming(`look at ${path}`, () => fileSystem.status(path)),
    linkStatus: (path) => naming(`look at ${path}`, () => fileSystem.linkStatus(path)),
    resolve: (path) => naming(`follow ${path}`, () => fileSystem.resolve(path)),
    isWritable: (path) => naming(`look at ${path}`, () => fileSystem.isWritable(path)),
    freeBytes: (path) => naming(`look at ${path}`, () => fileSystem.freeBytes(path)),
    rename: (from, to) => naming(`rename ${from} to ${to}`, () => fileSystem.rename(from, to)),
    changeOwner: (path, owner) =>
      naming(`give ${path} to user ${owner.uid}, group ${owner.gid}`, () => fileSystem.changeOwner(path, owner)),
    removeFile: (path) => naming(`remove ${path}`, () => fileSystem.removeFile(path)),
    removeDirectory: (path) => naming(`remove the directory ${path}`, () => fileSystem.removeDirectory(path)),
    syncDirectory: (path) => naming(`sync the directory ${path} to disk`, () => fileSystem.syncDirectory(path)),
  };
}

function namingFileFailures(file: OpenFile, path: string): OpenFile {
  return {
    read: (buffer, position) => naming(`read ${path}`, () => file.read(buffer, position)),
    write: (bytes) => naming(`write ${path}`, () => file.write(bytes)),
    changeOwner: (owner) =>
      naming(`give ${path} to user ${owner.uid}, group ${owner.gid}`, () => file.changeOwner(owner)),
    sync: () => naming(`sync ${path} to disk`, () => file.sync()),
    status: () => naming(`look at ${path}`, () => file.status()),
    close: () => naming(`close ${path}`, () => file.close()),
  };
}

async function naming<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error, action);
  }
}
