import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSmallFile, writeNewFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';

/** One implementation with an empty directory, whose path has no links in it. */
export interface FileSystemHarness {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  close(): Promise<void>;
}

/** What {@link FileSystem} promises of files and directories, for any implementation. */
export function fileSystemContract(name: string, open: () => Promise<FileSystemHarness>): void {
  const test = suite(`FileSystem contract: ${name}`);
  let harness: FileSystemHarness;
  let files: FileSystem;

  test.before.each(async () => {
    harness = await open();
    files = harness.fileSystem;
  });
  test.after.each(() => harness.close());

  const at = (path: string) => `${harness.directory}/${path}`;
  const plant = (path: string, text = 'text') => writeNewFile(files, at(path), Buffer.from(text), undefined);
  const textAt = async (path: string) => Buffer.from((await readSmallFile(files, at(path), 1000)) ?? []).toString();
  const refuses = async (code: string, pending: Promise<unknown>) => {
    const error = await pending.then(
      () => new Error('it succeeded'),
      (thrown: unknown) => thrown,
    );
    assert.is((error as NodeJS.ErrnoException).code, code);
  };

  test('writes at the end and reads from any position', async () => {
    const file = await files.createFile(at('a'), 0o600);
    await file.write(Buffer.from('one '));
    await file.write(Buffer.from('two'));
    await file.close();
    const opened = await files.openFile(at('a'));
    const buffer = new Uint8Array(10);
    assert.is(await opened.read(buffer, 4), 3);
    assert.is(Buffer.from(buffer.subarray(0, 3)).toString(), 'two');
    assert.is(await opened.read(buffer, 7), 0);
    await opened.close();
  });

  test('keeps what was written when the buffer is reused', async () => {
    const file = await files.createFile(at('a'), 0o600);
    const buffer = Buffer.from('one');
    await file.write(buffer);
    buffer.fill(0);
    await file.close();
    assert.is(await textAt('a'), 'one');
  });

  test('reports what is at a path', async () => {
    await plant('a', 'four');
    await files.createDirectory(at('d'), 0o750);
    const [file, directory] = [await files.status(at('a')), await files.linkStatus(at('d'))];
    assert.equal([file?.kind, file?.sizeBytes, file?.mode], ['file', 4, 0o600]);
    assert.equal([directory?.kind, directory?.mode], ['directory', 0o750]);
    assert.is.not(file?.inode, directory?.inode);
    assert.is(await files.status(at('nothing')), undefined);
    assert.is(await files.linkStatus(at('nothing/below')), undefined);
  });

  test('reports the same for an open file', async () => {
    await plant('a', 'four');
    const file = await files.openFile(at('a'));
    assert.equal(await file.status(), await files.status(at('a')));
    await file.close();
  });

  test('opens a directory, which cannot be read', async () => {
    const file = await files.openFile(harness.directory);
    assert.is((await file.status()).kind, 'directory');
    await refuses('EISDIR', file.read(new Uint8Array(1), 0));
    await file.close();
  });

  test('creates nothing over an existing file', async () => {
    await plant('a');
    await refuses('EEXIST', files.createFile(at('a'), 0o600));
    await refuses('EEXIST', files.createDirectory(at('a'), 0o700));
  });

  test('creates nothing below a missing path or a file', async () => {
    await plant('a');
    await refuses('ENOENT', files.createFile(at('d/a'), 0o600));
    await refuses('ENOENT', files.createDirectory(at('d/d'), 0o700));
    await refuses('ENOTDIR', files.createFile(at('a/a'), 0o600));
    await refuses('ENOTDIR', files.status(at('a/a')));
  });

  test('finds nothing where nothing is', async () => {
    await refuses('ENOENT', files.openFile(at('a')));
    await refuses('ENOENT', files.list(at('a')));
    await refuses('ENOENT', files.resolve(at('a')));
    await refuses('ENOENT', files.isWritable(at('a')));
    await refuses('ENOENT', files.rename(at('a'), at('b')));
    await refuses('ENOENT', files.changeOwner(at('a'), { uid: 0, gid: 0 }));
    await refuses('ENOENT', files.removeFile(at('a')));
    await refuses('ENOENT', files.removeDirectory(at('a')));
    await refuses('ENOENT', files.syncDirectory(at('a')));
  });

  test('lists, resolves and syncs a directory', async () => {
    await plant('a');
    await files.createDirectory(at('d'), 0o700);
    assert.equal(new Set(await files.list(harness.directory)), new Set(['a', 'd']));
    assert.is(await files.resolve(at('d')), at('d'));
    assert.is(await files.isWritable(at('d')), true);
    await files.syncDirectory(at('d'));
    await refuses('ENOTDIR', files.list(at('a')));
    await refuses('ENOTDIR', files.syncDirectory(at('a')));
  });

  test('renames over a file', async () => {
    await plant('a', 'new');
    await plant('b', 'old');
    await files.rename(at('a'), at('b'));
    assert.equal(await files.list(harness.directory), ['b']);
    assert.is(await textAt('b'), 'new');
  });

  test('renames a directory with all that is in it over an empty one only', async () => {
    for (const path of ['d', 'empty', 'full', 'full/d']) await files.createDirectory(at(path), 0o700);
    await plant('d/a');
    await refuses('ENOTEMPTY', files.rename(at('d'), at('full')));
    await files.rename(at('d'), at('empty'));
    assert.equal(await files.list(at('empty')), ['a']);
    assert.is(await files.status(at('d')), undefined);
  });

  test('renames no file over a directory and no directory over a file', async () => {
    await plant('a');
    await files.createDirectory(at('d'), 0o700);
    await refuses('EISDIR', files.rename(at('a'), at('d')));
    await refuses('ENOTDIR', files.rename(at('d'), at('a')));
  });

  test('removes files and empty directories, each with its own call', async () => {
    await files.createDirectory(at('d'), 0o700);
    await plant('d/a');
    await refuses('ENOTEMPTY', files.removeDirectory(at('d')));
    await refuses('EISDIR', files.removeFile(at('d')));
    await refuses('ENOTDIR', files.removeDirectory(at('d/a')));
    await files.removeFile(at('d/a'));
    await files.removeDirectory(at('d'));
    assert.equal(await files.list(harness.directory), []);
  });

  test('keeps an open file that is removed', async () => {
    await plant('a', 'text');
    const file = await files.openFile(at('a'));
    await files.removeFile(at('a'));
    assert.is(await file.read(new Uint8Array(10), 0), 4);
    await file.close();
  });

  test('refuses to use a file that is closed', async () => {
    const file = await files.createFile(at('a'), 0o600);
    await file.close();
    await refuses('EBADF', file.write(Buffer.from('more')));
    await refuses('EBADF', file.sync());
  });

  test.run();
}
