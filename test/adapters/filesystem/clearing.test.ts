import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clearAway, settleRemoval } from '../../../src/adapters/filesystem/clearing.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { type Call, refusing } from '../../faults/broken-file-systems.js';
import { withTemporaryDirectory } from './temporary-directory.js';

const test = suite('clearing away');
const files = createNodeFileSystem();
const refusingAt = (...paths: readonly string[]) =>
  refusing(files, ({ method, path }: Call) => method.startsWith('remove') && paths.includes(path));
const reasonAt = (path: string) => `cannot remove ${path}: the device reported an input/output error.`;

/** tree/, with a directory in which a file lies, another file, and a link. */
async function plant(directory: string): Promise<string> {
  const tree = `${directory}/tree`;
  await mkdir(`${tree}/deep`, { recursive: true });
  await writeFile(`${tree}/deep/secret`, 'key');
  await writeFile(`${tree}/file`, '');
  await symlink('/nowhere', `${tree}/link`);
  return tree;
}

test('removes a tree, follows no link, and reports nothing for a missing path', () =>
  withTemporaryDirectory(async (directory) => {
    assert.equal(await clearAway(files, await plant(directory), true), []);
    assert.equal(await clearAway(files, `${directory}/tree`, true), []);
    assert.equal(await readdir(directory), []);
  }));

test('continues if something stays, and names the whole tree with the first reason', () =>
  withTemporaryDirectory(async (directory) => {
    const tree = await plant(directory);
    const left = await clearAway(refusingAt(`${tree}/deep/secret`), tree, true);
    assert.equal(left, [{ path: tree, state: 'there', secret: true, reason: reasonAt(`${tree}/deep/secret`) }]);
    assert.equal((await readdir(tree, { recursive: true })).sort(), ['deep', 'deep/secret']);
  }));

test('says nothing of secrets where only directories stay', () =>
  withTemporaryDirectory(async (directory) => {
    const tree = await plant(directory);
    const left = await clearAway(refusingAt(`${tree}/deep`), tree, true);
    assert.equal(left, [{ path: tree, state: 'there', secret: false, reason: reasonAt(`${tree}/deep`) }]);
    assert.equal(await readdir(tree), ['deep']);
  }));

test('assumes that a directory that it cannot read may hold secrets', () =>
  withTemporaryDirectory(async (directory) => {
    const tree = await plant(directory);
    for (const refused of ['linkStatus', 'list']) {
      const blind = refusing(files, ({ method, path }) => method === refused && path === tree);
      assert.is((await clearAway(blind, tree, true))[0]?.secret, true, refused);
    }
  }));

test('names what may return if its removal cannot be made durable', () =>
  withTemporaryDirectory(async (directory) => {
    const removed = [{ path: `${directory}/a.key`, secret: true }];
    assert.equal(await settleRemoval(files, directory, removed), []);
    const unsynced = refusing(files, ({ method }) => method === 'syncDirectory');
    const reason = `cannot sync the directory ${directory} to disk: the device reported an input/output error.`;
    assert.equal(await settleRemoval(unsynced, directory, removed), [{ ...removed[0], state: 'may-return', reason }]);
  }));

test.run();
