import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  readSmallFile,
  removeTree,
  storageError,
  writeNewFile,
} from '../../../src/adapters/filesystem/file-operations.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { replaceFile } from '../../../src/adapters/filesystem/replace-file.js';
import { isJacoError, JacoError } from '../../../src/domain/errors.js';
import { thrownBy } from '../../builders/outcome.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { watchedFileSystem } from './watched-file-system.js';

const test = suite('operations on files');

const files = createNodeFileSystem();
const failing = (code: string) => Object.assign(new Error(code), { code });

test('a new file is complete, private and never in the place of another', () =>
  withTemporaryDirectory(async (directory) => {
    await writeNewFile(files, `${directory}/file`, Buffer.from('text'), undefined);
    assert.is(await readFile(`${directory}/file`, 'utf8'), 'text');
    assert.is((await stat(`${directory}/file`)).mode & 0o7777, 0o600);
    const error = await thrownBy(writeNewFile(files, `${directory}/file`, Buffer.from('other'), undefined));
    assert.is((error as NodeJS.ErrnoException).code, 'EEXIST');
  }));

test('a replaced file is the old one or the new one, whichever step fails', () =>
  withTemporaryDirectory(async (directory) => {
    for (let failed = 0; failed < 5; failed += 1) {
      await writeFile(`${directory}/file`, 'old');
      const { fileSystem } = watchedFileSystem(directory, (_, number) => {
        if (number === failed) throw failing('EIO');
      });
      await thrownBy(replaceFile(fileSystem, `${directory}/file`, Buffer.from('new'), undefined));
      assert.is(await readFile(`${directory}/file`, 'utf8'), failed < 4 ? 'old' : 'new', `step ${failed}`);
      assert.equal(await readdir(directory), ['file']);
    }
  }));

test('a small file is read whole, and not at all beyond the limit', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '12345');
    assert.equal(await readSmallFile(files, `${directory}/file`, 5), Uint8Array.from(Buffer.from('12345')));
    assert.is(await readSmallFile(files, `${directory}/file`, 4), undefined);
  }));

test('a tree is removed without following its links', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/tree/inner/deep`, { recursive: true });
    await mkdir(`${directory}/precious`);
    await writeFile(`${directory}/precious/file`, '');
    await writeFile(`${directory}/tree/inner/file`, '');
    await symlink('../../precious', `${directory}/tree/inner/link`);
    await removeTree(files, `${directory}/tree`);
    assert.equal(await readdir(directory), ['precious']);
    assert.equal(await readdir(`${directory}/precious`), ['file']);
  }));

test('a link is removed itself, and nothing where nothing is', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/precious`);
    await symlink('precious', `${directory}/link`);
    await removeTree(files, `${directory}/link`);
    await removeTree(files, `${directory}/link`);
    assert.equal(await readdir(directory), ['precious']);
  }));

for (const [errno, code, sentence] of [
  ['EACCES', 'permission_denied', 'cannot write /a: permission denied.'],
  ['EPERM', 'permission_denied', 'cannot write /a: permission denied.'],
  ['ENOSPC', 'storage_failed', 'cannot write /a: no space left on the device.'],
  ['EROFS', 'storage_failed', 'cannot write /a: the file system is read-only.'],
  ['EXDEV', 'storage_failed', 'cannot write /a: EXDEV.'],
] as const) {
  test(`${errno} is reported as a sentence with a remedy`, () => {
    const told = storageError(failing(errno), 'write /a');
    assert.ok(isJacoError(told, code));
    assert.is(told.message, sentence);
    assert.equal(told.details, { errno });
    assert.match(JSON.stringify(told.remedies), /^\[\{("kind":"run-as".*|.*\.")\}\]$/);
  });
}

test('an error that is not the system’s, or has its sentence already, passes unchanged', () => {
  for (const error of [new Error('a slip'), new JacoError('in_progress', 'wait.'), undefined]) {
    assert.is(storageError(error, 'write /a'), error);
  }
});

test('a path cannot send the terminal anything', () => {
  assert.not.match((storageError(failing('EIO'), 'write /a\u001b[2J') as Error).message, '\u001b');
});

test.run();
