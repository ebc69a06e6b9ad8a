import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { thrownBy } from '../../builders/outcome.js';
import { skipTest } from '../../skipping.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { isRoot, ourselves, somebodyElse } from './users.js';

const test = suite("the operating system's file system");

const files = createNodeFileSystem();
const errnoOf = async (pending: Promise<unknown>) => ((await thrownBy(pending)) as NodeJS.ErrnoException).code;
const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

/** Puts `method` into the place of one of Node's own file handles, for as long as `work` runs. */
async function withHandleMethod<Name extends 'write' | 'chmod'>(
  name: Name,
  replace: (original: (...parameters: unknown[]) => unknown) => (...parameters: unknown[]) => unknown,
  work: () => Promise<void>,
): Promise<void> {
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...parameters: unknown[]) => unknown>;
  await handle.close();
  const original = prototype[name] as (...parameters: unknown[]) => unknown;
  prototype[name] = replace(original);
  try {
    await work();
  } finally {
    prototype[name] = original;
  }
}

for (const umask of [0, 0o022, 0o077, 0o777]) {
  test(`sets exactly the requested mode under umask ${umask.toString(8)}`, () =>
    withTemporaryDirectory(async (directory) => {
      const before = process.umask(umask);
      try {
        await (await files.createFile(`${directory}/file`, 0o600)).close();
        await files.createDirectory(`${directory}/private`, 0o700);
        await files.createDirectory(`${directory}/public`, 0o755);
      } finally {
        process.umask(before);
      }
      assert.is(await modeOf(`${directory}/file`), 0o600);
      assert.is(await modeOf(`${directory}/private`), 0o700);
      assert.is(await modeOf(`${directory}/public`), 0o755);
    }));
}

test('creates only files that do not exist, and follows no link', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, 'old');
    await symlink('nowhere', `${directory}/link`);
    for (const name of ['file', 'link']) {
      assert.is(await errnoOf(files.createFile(`${directory}/${name}`, 0o600)), 'EEXIST');
      assert.is(await errnoOf(files.createDirectory(`${directory}/${name}`, 0o700)), 'EEXIST');
    }
    assert.is(await readFile(`${directory}/file`, 'utf8'), 'old');
    assert.equal((await readdir(directory)).toSorted(), ['file', 'link']);
  }));

test('leaves no file to which its mode could not be given', () =>
  withTemporaryDirectory(async (directory) => {
    const refuse = () => () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }));
    await withHandleMethod('chmod', refuse, async () => {
      assert.is(await errnoOf(files.createFile(`${directory}/file`, 0o600)), 'EPERM');
    });
    assert.equal(await readdir(directory), []);
  }));

test('writes one piece after the other and reads at any position', () =>
  withTemporaryDirectory(async (directory) => {
    const written = await files.createFile(`${directory}/file`, 0o600);
    await written.write(Buffer.from('hello '));
    await written.write(new Uint8Array(0));
    await written.write(Buffer.from('world'));
    await written.sync();
    await written.close();
    const file = await files.openFile(`${directory}/file`);
    const buffer = new Uint8Array(8);
    assert.is(await file.read(buffer, 6), 5);
    assert.is(Buffer.from(buffer.subarray(0, 5)).toString(), 'world');
    assert.is(await file.read(buffer, 11), 0);
    await file.close();
  }));

test('writes everything when the system takes only a part at a time', () =>
  withTemporaryDirectory(async (directory) => {
    const short = (original: (...parameters: unknown[]) => unknown) =>
      function (this: unknown, bytes: unknown, offset: unknown, length: unknown, position: unknown) {
        return original.call(this, bytes, offset, Math.min(length as number, 3), position);
      };
    await withHandleMethod('write', short as never, async () => {
      const file = await files.createFile(`${directory}/file`, 0o600);
      await file.write(Buffer.from('hello world'));
      await file.close();
    });
    assert.is(await readFile(`${directory}/file`, 'utf8'), 'hello world');
  }));

test('opens a FIFO without waiting for its writer', () =>
  withTemporaryDirectory(async (directory) => {
    execFileSync('mkfifo', [`${directory}/fifo`]);
    const file = await files.openFile(`${directory}/fifo`);
    assert.is((await file.status()).kind, 'other');
    await file.close();
  }));

test('reports what is at a path, with and without following links', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, 'four', { mode: 0o640 });
    await mkdir(`${directory}/directory`);
    await symlink('file', `${directory}/link`);
    await symlink('nowhere', `${directory}/dangling`);
    const kinds = async (name: string) => [
      (await files.status(`${directory}/${name}`))?.kind,
      (await files.linkStatus(`${directory}/${name}`))?.kind,
    ];
    assert.equal(await kinds('file'), ['file', 'file']);
    assert.equal(await kinds('directory'), ['directory', 'directory']);
    assert.equal(await kinds('link'), ['file', 'link']);
    assert.equal(await kinds('dangling'), [undefined, 'link']);
    assert.equal(await kinds('nothing'), [undefined, undefined]);
    const status = await files.status(`${directory}/link`);
    const { dev: device, ino: inode, ctimeNs: changedAtNs } = await stat(`${directory}/file`, { bigint: true });
    const expected = { kind: 'file', sizeBytes: 4, mode: 0o640, owner: ourselves, device, inode, changedAtNs };
    assert.equal(status, expected);
  }));

test('distinguishes an impossible path from a missing one', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '');
    assert.is(await errnoOf(files.status(`${directory}/file/below`)), 'ENOTDIR');
    assert.is(await errnoOf(files.linkStatus(`${directory}/file/below`)), 'ENOTDIR');
    assert.is(await errnoOf(files.openFile(`${directory}/absent`)), 'ENOENT');
  }));

test('changes the owner of a link itself, not of its target', async () => {
  if (!isRoot) return skipTest('giving files away (only root may)');
  await withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '');
    await symlink('file', `${directory}/link`);
    await files.changeOwner(`${directory}/link`, somebodyElse);
    assert.equal((await files.status(`${directory}/link`))?.owner, ourselves);
    assert.equal((await files.linkStatus(`${directory}/link`))?.owner, somebodyElse);
  });
});

test('syncs directories, and nothing else as if it were one', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '');
    await files.syncDirectory(directory);
    assert.is(await errnoOf(files.syncDirectory(`${directory}/file`)), 'ENOTDIR');
    assert.is(await errnoOf(files.syncDirectory(`${directory}/absent`)), 'ENOENT');
  }));

test('renames over a file and over an empty directory, never over a full one', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/new`, 'new');
    await writeFile(`${directory}/old`, 'old');
    await files.rename(`${directory}/new`, `${directory}/old`);
    assert.is(await readFile(`${directory}/old`, 'utf8'), 'new');
    await mkdir(`${directory}/from/inner`, { recursive: true });
    await mkdir(`${directory}/empty`);
    await files.rename(`${directory}/from`, `${directory}/empty`);
    await mkdir(`${directory}/again`);
    assert.match((await errnoOf(files.rename(`${directory}/again`, `${directory}/empty`))) ?? '', /ENOTEMPTY|EEXIST/);
    assert.match((await errnoOf(files.removeDirectory(`${directory}/empty`))) ?? '', /ENOTEMPTY|EEXIST/);
  }));

test.run();
