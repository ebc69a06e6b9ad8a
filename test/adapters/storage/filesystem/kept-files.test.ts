import { unlinkSync } from 'node:fs';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createKeptFiles } from '../../../../src/adapters/storage/filesystem/kept-files.js';
import type { FileLocation } from '../../../../src/domain/values/archive-location.js';
import type { FoundBackup } from '../../../../src/ports/backup-store.js';
import { fileAt } from '../../../builders/locations.js';
import { refusalOf } from '../../../builders/outcome.js';
import { withTemporaryDirectory } from '../../filesystem/temporary-directory.js';
import { watchedFileSystem } from '../../filesystem/watched-file-system.js';

const test = suite('the directory of backups on disk');
const quiet = () => undefined;
const never = new AbortController().signal;

test('lists neither links, nor directories, nor the written file under another name', () =>
  withTemporaryDirectory(async (root) => {
    for (const name of ['other', 'real']) await writeFile(join(root, name), name);
    await link(join(root, 'real'), join(root, 'second-name'));
    await symlink('other', join(root, 'link'));
    await symlink('real', join(root, 'written'));
    await mkdir(join(root, 'directory'));
    const found = await createKeptFiles(watchedFileSystem(root, quiet).fileSystem).list(
      fileAt(join(root, 'written')),
      never,
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
    const backups = createKeptFiles(fileSystem);
    const [old] = await backups.list(fileAt(join(root, 'written')), never);
    await backups.remove(old as FoundBackup<FileLocation>, never);
    assert.equal(steps, [
      { action: 'unlink', path: 'old' },
      { action: 'fsync', path: '.' },
    ]);
  }));

test('takes a file that another has removed meanwhile for gone', () =>
  withTemporaryDirectory(async (root) => {
    for (const name of ['old', 'written']) await writeFile(join(root, name), name);
    const { fileSystem } = watchedFileSystem(root, ({ action }) => {
      if (action === 'unlink') unlinkSync(join(root, 'old'));
    });
    const backups = createKeptFiles(fileSystem);
    const [old] = await backups.list(fileAt(join(root, 'written')), never);
    assert.is(await backups.remove(old as FoundBackup<FileLocation>, never), false);
  }));

test('passes on any other failure to remove', () =>
  withTemporaryDirectory(async (root) => {
    for (const name of ['old', 'written']) await writeFile(join(root, name), name);
    const { fileSystem } = watchedFileSystem(root, ({ action }) => {
      if (action === 'unlink') throw Object.assign(new Error('busy'), { code: 'EBUSY' });
    });
    const backups = createKeptFiles(fileSystem);
    const [old] = await backups.list(fileAt(join(root, 'written')), never);
    const { code } = await refusalOf(backups.remove(old as FoundBackup<FileLocation>, never));
    assert.is(code, 'storage_failed');
  }));

test('names the directory that cannot be listed', () =>
  withTemporaryDirectory(async (root) => {
    const backups = createKeptFiles(watchedFileSystem(root, quiet).fileSystem);
    const refusal = await refusalOf(backups.list(fileAt(join(root, 'absent', 'written')), never));
    assert.is(refusal.message, `cannot list ${join(root, 'absent')}: there is no such file or directory.`);
  }));

test.run();
