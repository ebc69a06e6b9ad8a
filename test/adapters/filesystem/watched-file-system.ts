import type { FileSystem, OpenFile } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';

/** One call that changes something or makes it durable, with the path relative to `root`. */
export interface Step {
  readonly action: string;
  readonly path: string;
}

/**
 * The real file system, which notes every step before it is taken and lets `judge` fail it (by throwing). Reading and
 * looking are not noted.
 */
export function watchedFileSystem(root: string, judge: (step: Step, number: number) => void) {
  const steps: Step[] = [];
  const files = createNodeFileSystem();
  const note = async (action: string, path: string) => {
    const step = { action, path: path === root ? '.' : path.replace(`${root}/`, '') };
    steps.push(step);
    judge(step, steps.length - 1);
  };
  const watchedFile = (file: OpenFile, path: string): OpenFile => ({
    ...file,
    write: (bytes) => note('write', path).then(() => file.write(bytes)),
    changeOwner: (owner) => note('chown', path).then(() => file.changeOwner(owner)),
    sync: () => note('sync', path).then(() => file.sync()),
  });
  const fileSystem: FileSystem = {
    ...files,
    createFile: (path, mode) =>
      note(`create ${mode.toString(8)}`, path).then(async () => watchedFile(await files.createFile(path, mode), path)),
    createDirectory: (path, mode) =>
      note(`mkdir ${mode.toString(8)}`, path).then(() => files.createDirectory(path, mode)),
    rename: (from, to) => note('rename', to).then(() => files.rename(from, to)),
    changeOwner: (path, owner) => note('chown', path).then(() => files.changeOwner(path, owner)),
    removeFile: (path) => note('unlink', path).then(() => files.removeFile(path)),
    removeDirectory: (path) => note('rmdir', path).then(() => files.removeDirectory(path)),
    syncDirectory: (path) => note('fsync', path).then(() => files.syncDirectory(path)),
  };
  return { fileSystem, steps };
}
