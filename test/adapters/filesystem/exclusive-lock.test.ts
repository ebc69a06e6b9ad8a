import { readdir, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acquireExclusiveLock,
  acquireSocketFileLock,
  type ExclusiveLock,
} from '../../../src/adapters/filesystem/exclusive-lock.js';
import { startModule } from './child-process.js';
import { withTemporaryDirectory } from './temporary-directory.js';

const test = suite('an exclusive lock');

const module = new URL('../../../src/adapters/filesystem/exclusive-lock.js', import.meta.url).href;

/** Both kinds, by the name of the function; `name` is a path where the lock is a file. */
const kinds = [
  ['acquireExclusiveLock', acquireExclusiveLock],
  ['acquireSocketFileLock', acquireSocketFileLock],
] as const;

/** Starts a process that takes the lock and keeps it. */
const holdElsewhere = (kind: string, name: string) =>
  startModule(
    'taken',
    `import { ${kind} } from ${JSON.stringify(module)};
     const lock = await ${kind}(${JSON.stringify(name)});
     console.log(lock === undefined ? 'refused' : 'taken');
     process.stdin.on('end', () => lock.release()).resume();`,
  );

for (const [kind, acquire] of kinds) {
  /** Runs `work` with the name of a lock that nobody else uses. */
  const withName = (work: (name: string, directory: string) => Promise<void>) =>
    withTemporaryDirectory((directory) => work(`${directory}/lock`, directory));

  test(`is held once in this process (${kind})`, () =>
    withName(async (name) => {
      const first = (await acquire(name)) as ExclusiveLock;
      assert.is(await acquire(name), undefined);
      await first.release();
    }));

  test(`can be taken again after its release, which may be repeated (${kind})`, () =>
    withName(async (name) => {
      for (let round = 0; round < 3; round += 1) {
        const lock = await acquire(name);
        assert.ok(lock);
        await lock.release();
        await lock.release();
      }
    }));

  test(`keeps nobody from another name (${kind})`, () =>
    withName(async (name) => {
      const locks = [await acquire(name), await acquire(`${name}2`)];
      for (const lock of locks) assert.ok(lock);
      for (const lock of locks) await lock?.release();
    }));

  test(`goes to one of many who ask at once (${kind})`, () =>
    withName(async (name) => {
      const locks = await Promise.all(Array.from({ length: 20 }, () => acquire(name)));
      assert.is(locks.filter((lock) => lock !== undefined).length, 1);
      for (const lock of locks) await lock?.release();
    }));

  test(`is refused while another process holds it, and free when that ends (${kind})`, () =>
    withName(async (name) => {
      const holder = await holdElsewhere(kind, name);
      assert.is(await acquire(name), undefined);
      await holder.end();
      const lock = await acquire(name);
      assert.ok(lock);
      await lock.release();
    }));

  test(`is free when its holder was killed (${kind})`, () =>
    withName(async (name) => {
      const holder = await holdElsewhere(kind, name);
      await holder.kill();
      const lock = await acquire(name);
      assert.ok(lock);
      await lock.release();
    }));

  test(`leaves no file once it is released (${kind})`, () =>
    withName(async (name, directory) => {
      await (await acquire(name))?.release();
      assert.equal(await readdir(directory), []);
    }));
}

test('does not keep a process alive that forgets it', () =>
  withTemporaryDirectory(async (directory) => {
    const source = `import { acquireExclusiveLock } from ${JSON.stringify(module)};
      await acquireExclusiveLock(${JSON.stringify(directory)});
      console.log('taken');`;
    const holder = await startModule('taken', source);
    await holder.end();
    assert.is(holder.process.exitCode, 0);
  }));

test('says why it cannot be had, when that is not another holder', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '');
    const error = await acquireSocketFileLock(`${directory}/file/lock`).catch((thrown: unknown) => thrown);
    assert.match((error as NodeJS.ErrnoException).code ?? '', /^(ENOTDIR|EACCES)$/);
  }));

test.run();
