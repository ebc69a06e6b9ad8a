import { execFile } from 'node:child_process';
import { readdirSync, unlinkSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acquireExclusiveLock, type ExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { skipTest } from '../../skipping.js';
import { startModule } from './child-process.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { isRoot } from './users.js';

const test = suite('an exclusive lock');

const module = new URL('../../../src/adapters/filesystem/exclusive-lock.js', import.meta.url).href;

const acquire = (directory: string, name = 'one') => acquireExclusiveLock(directory, name);

const asAnotherUser = 'process.setgid(4712); process.setgroups([]); process.setuid(4711);';

/** Starts a process that takes the lock and keeps it; `before` runs in it first. */
const holdElsewhere = (directory: string, before = '') =>
  startModule(
    'taken',
    `import { acquireExclusiveLock } from ${JSON.stringify(module)};
     ${before}
     const lock = await acquireExclusiveLock(${JSON.stringify(directory)}, 'one');
     console.log(lock === undefined ? 'refused' : 'taken');
     process.stdin.on('end', () => lock.release()).resume();`,
  );

test('is held once in this process', () =>
  withTemporaryDirectory(async (directory) => {
    const first = (await acquire(directory)) as ExclusiveLock;
    assert.is(await acquire(directory), undefined);
    await first.release();
  }));

test('can be taken again after its release, which may be repeated', () =>
  withTemporaryDirectory(async (directory) => {
    for (let round = 0; round < 3; round += 1) {
      const lock = await acquire(directory);
      assert.ok(lock);
      await lock.release();
      await lock.release();
    }
  }));

test('does not block another name or another directory', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/below`);
    const locks = [await acquire(directory), await acquire(directory, 'two'), await acquire(`${directory}/below`)];
    for (const lock of locks) assert.ok(lock);
    for (const lock of locks) await lock?.release();
  }));

test('goes to one of many who ask at once', () =>
  withTemporaryDirectory(async (directory) => {
    const locks = await Promise.all(Array.from({ length: 20 }, () => acquire(directory)));
    assert.is(locks.filter((lock) => lock !== undefined).length, 1);
    for (const lock of locks) await lock?.release();
  }));

test('is held by one of several processes at any time, while some of them are killed holding it', () =>
  withTemporaryDirectory(async (directory) => {
    // The holder of the lock creates a file that must not exist yet, unless a process wrote its end into it.
    const source = `import { acquireExclusiveLock } from ${JSON.stringify(module)};
      import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
      const held = ${JSON.stringify(`${directory}/held`)};
      const deadline = Date.now() + 1_500;
      let taken = 0;
      // A process that should die continues until it does, on any machine, however slow.
      while (Date.now() < deadline || process.argv[1] === 'dies') {
        const lock = await acquireExclusiveLock(${JSON.stringify(directory)}, 'one');
        if (lock === undefined) continue;
        try {
          writeFileSync(held, 'mine', { flag: 'wx' });
        } catch {
          if (readFileSync(held, 'utf8') !== 'dying') { console.log('two hold it'); process.exit(1); }
        }
        if (process.argv[1] === 'dies' && (taken += 1) === 3) {
          writeFileSync(held, 'dying');
          process.kill(process.pid, 'SIGKILL');
        }
        unlinkSync(held);
        await lock.release();
      }
      console.log('done');`;
    const run = (word: string) =>
      new Promise<string>((resolve) => {
        const parameters = ['--input-type=module', '--eval', source, word];
        execFile(process.execPath, parameters, (_, stdout) => resolve(stdout.trim()));
      });
    const said = await Promise.all(['lives', 'dies', 'lives', 'dies'].map(run));
    assert.equal(said, ['done', '', 'done', '']);
  }));

test('is refused while another process holds it, and free when that ends', () =>
  withTemporaryDirectory(async (directory) => {
    const holder = await holdElsewhere(directory);
    assert.is(await acquire(directory), undefined);
    await holder.end();
    const lock = await acquire(directory);
    assert.ok(lock);
    await lock.release();
  }));

test('is free when its holder was killed, and the holder’s socket is removed', () =>
  withTemporaryDirectory(async (directory) => {
    const holder = await holdElsewhere(directory);
    await holder.kill();
    assert.is((await readdir(directory)).length, 1);
    const lock = await acquire(directory);
    assert.ok(lock);
    await lock.release();
    assert.equal(await readdir(directory), []);
  }));

/** A contender that has a socket, and not yet its name. */
function contendElsewhere(directory: string) {
  const path = JSON.stringify(`${directory}/..jaco-lock-one-1-1.new`);
  return startModule(
    'listening',
    `import { createServer } from 'node:net';
    createServer((connection) => connection.end('asking')).listen(${path}, () => console.log('listening'));
    process.stdin.on('end', () => process.exit()).resume();`,
  );
}

test('removes the socket of a process killed before the rename, and no socket of a live process', () =>
  withTemporaryDirectory(async (directory) => {
    const contender = await contendElsewhere(directory);
    await (await acquire(directory))?.release();
    assert.equal(await readdir(directory), ['..jaco-lock-one-1-1.new']);
    await contender.kill();
    await (await acquire(directory))?.release();
    assert.equal(await readdir(directory), []);
  }));

test('is taken by a contender whose socket is mistaken for a dead one before the rename', () =>
  withTemporaryDirectory(async (directory) => {
    let cleared = 0;
    const clear = () => {
      for (const name of readdirSync(directory).filter((each) => each.startsWith('..jaco-lock-one-'))) {
        unlinkSync(`${directory}/${name}`);
        cleared += 1;
      }
      if (cleared < 3) setImmediate(clear);
    };
    clear();
    const lock = await acquire(directory);
    assert.ok(lock);
    assert.is(cleared, 3);
    await lock.release();
    assert.equal(await readdir(directory), []);
  }));

test('counts as held while its holder is stopped and says nothing', () =>
  withTemporaryDirectory(async (directory) => {
    const holder = await holdElsewhere(directory);
    holder.process.kill('SIGSTOP');
    assert.is(await acquire(directory), undefined);
    holder.process.kill('SIGCONT');
    await holder.end();
  }));

test('leaves no file once it is released', () =>
  withTemporaryDirectory(async (directory) => {
    await (await acquire(directory))?.release();
    assert.equal(await readdir(directory), []);
  }));

test('can be taken in a directory whose path is too long for a socket', () =>
  withTemporaryDirectory(async (directory) => {
    const deep = `${directory}/${'long/'.repeat(60)}here`;
    await mkdir(deep, { recursive: true });
    const lock = await acquire(deep);
    assert.ok(lock);
    assert.is(await acquire(deep), undefined);
    await lock.release();
  }));

test('is out of reach for a user who may not write the directory', () =>
  withTemporaryDirectory(async (directory) => {
    if (!isRoot) {
      skipTest('only root can start a process as another user');
      return;
    }
    await chmod(directory, 0o755);
    // The lock that such a user gets does not block others.
    const holder = await holdElsewhere(directory, asAnotherUser);
    const lock = await acquire(directory);
    assert.ok(lock);
    await lock.release();
    await holder.end();
  }));

test('is shared by all users who may write the directory, under any umask of its holder', () =>
  withTemporaryDirectory(async (directory) => {
    if (!isRoot) {
      skipTest('only root can start a process as another user');
      return;
    }
    await chmod(directory, 0o777);
    const lock = await acquire(directory);
    assert.ok(lock);
    await assertRefused(directory);
    await lock.release();
  }));

/** Checks that another user is refused the lock. */
async function assertRefused(directory: string): Promise<void> {
  const source = `import { acquireExclusiveLock } from ${JSON.stringify(module)};
    ${asAnotherUser}
    const lock = await acquireExclusiveLock(${JSON.stringify(directory)}, 'one');
    console.log(lock === undefined ? 'refused' : 'taken');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
  assert.is(stdout, 'refused\n');
}

test('does not keep a process alive that forgets it', () =>
  withTemporaryDirectory(async (directory) => {
    const source = `import { acquireExclusiveLock } from ${JSON.stringify(module)};
      await acquireExclusiveLock(${JSON.stringify(directory)}, 'one');
      console.log('taken');`;
    const holder = await startModule('taken', source);
    await holder.end();
    assert.is(holder.process.exitCode, 0);
  }));

test('says why it cannot be had, when that is not another holder', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '');
    const error = await acquire(`${directory}/file`).catch((thrown: unknown) => thrown);
    assert.is((error as NodeJS.ErrnoException).code, 'ENOTDIR');
  }));

test.run();
