import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackupDirectory } from '../../../src/adapters/filesystem/node-backup-directory.js';
import type { FoundFile } from '../../../src/ports/backup-directory.js';
import { refusalOf } from '../../builders/outcome.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { watchedFileSystem } from './watched-file-system.js';

const test = suite('the directory of backups on disk');
const quiet = () => undefined;

test('lists neither links, nor directories, nor the written file under another name', () =>
  withTemporaryDirectory(async (root) => {
    for (const name of ['other', 'real']) await writeFile(join(root, name), name);
    await link(join(root, 'real'), join(root, 'second-name'));
    await symlink('other', join(root, 'link'));
    await symlink('real', join(root, 'written'));
    await mkdir(join(root, 'directory'));
    const found = await createBackupDirectory(watchedFileSystem(root, quiet).fileSystem).listBeside(
      join(root, 'written'),
    );
    assert.equal(
      found.map(({ name }) => name),
      ['other'],
    );
  }));

test('makes a removal durable before it counts', () =>
  withTemporaryDirectory(async (root) => {
    for (const name of ['old', 'written']) await writeFile(join(root, name), name);
    const { fileSystem, steps } = watchedFileSystem(root, quiet);
    const backups = createBackupDirectory(fileSystem);
    const [old] = await backups.listBeside(join(root, 'written'));
    await backups.remove(old as FoundFile);
    assert.equal(steps, [
      { action: 'unlink', path: 'old' },
      { action: 'fsync', path: '.' },
    ]);
  }));

test('names the directory that cannot be listed', () =>
  withTemporaryDirectory(async (root) => {
    const backups = createBackupDirectory(watchedFileSystem(root, quiet).fileSystem);
    const refusal = await refusalOf(backups.listBeside(join(root, 'absent', 'written')));
    assert.is(refusal.message, `cannot list ${join(root, 'absent')}: there is no such file or directory.`);
  }));

test.run();
