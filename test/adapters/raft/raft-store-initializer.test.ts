import { mkdir, readdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createRaftStoreInitializer } from '../../../src/adapters/raft/raft-store-initializer.js';
import { isJacoError } from '../../../src/domain/errors.js';
import type { FileOwner } from '../../../src/domain/restore/raft-store-seed.js';
import { noCommands } from '../../builders/first-commands.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { type Step, watchedFileSystem } from '../filesystem/watched-file-system.js';
import { id, never, ourselves, seedFor, snapshot } from './store-seed.js';

const initializer = createRaftStoreInitializer(createNodeFileSystem(), acquireExclusiveLock, encodeFirstCommands);
const outcomeOf = (pending: Promise<unknown>) => pending.catch((error: unknown) => error);
const failing = (code: string) => Object.assign(new Error(code), { code });

/** The steps of one whole restore into `dataDirectory`. */
async function stepsOf(root: string, dataDirectory: string, owner?: FileOwner): Promise<string[]> {
  const { fileSystem, steps } = watchedFileSystem(root, () => undefined);
  const staged = await createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands).stage(
    seedFor(dataDirectory, owner),
    snapshot(),
    noCommands,
    never,
  );
  await staged.commit();
  return steps.map(({ action, path }) => `${action} ${path}`);
}

test('syncs every file before its directory, and everything before the one rename', () =>
  withTemporaryDirectory(async (directory) => {
    const [staging, unfinished] = ['raft.restoring', `raft.restoring/snapshots/${id}.tmp`];
    assert.equal(await stepsOf(directory, directory), [
      `mkdir 700 ${staging}`,
      `mkdir 700 ${staging}/snapshots`,
      `mkdir 700 ${unfinished}`,
      `create 600 ${unfinished}/state.bin`,
      `write ${unfinished}/state.bin`,
      `sync ${unfinished}/state.bin`,
      `create 600 ${unfinished}/meta.json`,
      `write ${unfinished}/meta.json`,
      `sync ${unfinished}/meta.json`,
      `fsync ${unfinished}`,
      `rename ${staging}/snapshots/${id}`,
      `fsync ${staging}/snapshots`,
      `create 600 ${staging}/log.db`,
      `write ${staging}/log.db`,
      `sync ${staging}/log.db`,
      `fsync ${staging}`,
      'rename raft',
      'fsync .',
    ]);
  }));

test('makes every file and directory the owner’s', () =>
  withTemporaryDirectory(async (directory) => {
    const steps = await stepsOf(directory, `${directory}/jaco`, ourselves);
    const made = steps.filter((step) => /^(mkdir|create)/.test(step)).map((step) => step.split(' ')[2]);
    const owned = steps.filter((step) => step.startsWith('chown')).map((step) => step.split(' ')[1]);
    assert.equal(owned, made);
  }));

test('keeps directories at 0700 and files at 0600 under any umask', () =>
  withTemporaryDirectory(async (directory) => {
    const before = process.umask(0o277);
    try {
      await (await initializer.stage(seedFor(directory), snapshot(), noCommands, never)).commit();
    } finally {
      process.umask(before);
    }
    const modeOf = async (path: string) => (await stat(`${directory}/raft/${path}`)).mode & 0o7777;
    for (const path of ['.', 'snapshots', `snapshots/${id}`]) assert.is(await modeOf(path), 0o700, path);
    for (const path of ['log.db', `snapshots/${id}/state.bin`, `snapshots/${id}/meta.json`]) {
      assert.is(await modeOf(path), 0o600, path);
    }
  }));

test('makes a missing data directory and its parents, durably', () =>
  withTemporaryDirectory(async (directory) => {
    const steps = await stepsOf(directory, `${directory}/var/lib/jaco`);
    assert.equal(steps.slice(0, 6), [
      'mkdir 755 var',
      'fsync .',
      'mkdir 755 var/lib',
      'fsync var',
      'mkdir 700 var/lib/jaco',
      'fsync var/lib',
    ]);
  }));

test('removes the directories that it made when the store is discarded', () =>
  withTemporaryDirectory(async (directory) => {
    await (await initializer.stage(seedFor(`${directory}/var/jaco`), snapshot(), noCommands, never)).discard();
    assert.equal(await readdir(directory), []);
  }));

test('keeps a data directory that it made when something else is in it', () =>
  withTemporaryDirectory(async (directory) => {
    const staged = await initializer.stage(seedFor(`${directory}/jaco`), snapshot(), noCommands, never);
    await writeFile(`${directory}/jaco/restore.txt`, '');
    await staged.discard();
    assert.equal(await readdir(`${directory}/jaco`), ['restore.txt']);
  }));

test('replaces empty directories that an uninitialised daemon left', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/raft/snapshots/empty`, { recursive: true });
    await (await initializer.stage(seedFor(directory), snapshot(), noCommands, never)).commit();
    assert.equal(await readdir(`${directory}/raft/snapshots`), [id]);
  }));

for (const [what, plant] of [
  ['a file somewhere below raft', (raft: string) => writeFile(`${raft}/snapshots/deep/state.bin`, '')],
  ['a link below raft', (raft: string) => symlink('/nowhere', `${raft}/snapshots/deep/link`)],
] as const) {
  test(`does not commit over ${what}, and touches nothing there`, () =>
    withTemporaryDirectory(async (directory) => {
      const staged = await initializer.stage(seedFor(directory), snapshot(), noCommands, never);
      await mkdir(`${directory}/raft/snapshots/deep`, { recursive: true });
      await mkdir(`${directory}/raft/snapshots/empty`);
      await plant(`${directory}/raft`);
      const before = await readdir(`${directory}/raft`, { recursive: true });
      const error = await outcomeOf(staged.commit());
      assert.ok(isJacoError(error, 'raft_store_exists'));
      assert.match(error.message, /raft\/snapshots\/deep\/\w+.* exists/);
      await staged.discard();
      assert.equal(await readdir(`${directory}/raft`, { recursive: true }), before);
    }));
}

test('does not commit over a store that appears between the look and the rename', () =>
  withTemporaryDirectory(async (directory) => {
    const { fileSystem } = watchedFileSystem(directory, () => undefined);
    const racing = {
      ...fileSystem,
      async rename(from: string, to: string) {
        if (to.endsWith('/raft')) await mkdir(`${to}/snapshots`, { recursive: true });
        await rename(from, to);
      },
    };
    const staged = await createRaftStoreInitializer(racing, acquireExclusiveLock, encodeFirstCommands).stage(
      seedFor(directory),
      snapshot(),
      noCommands,
      never,
    );
    assert.ok(isJacoError(await outcomeOf(staged.commit()), 'raft_store_exists'));
    await staged.discard();
    assert.equal(await readdir(directory), ['raft']);
  }));

test('takes the rename back when it cannot be made durable', () =>
  withTemporaryDirectory(async (directory) => {
    let [renamed, failed] = [false, false];
    const { fileSystem } = watchedFileSystem(directory, ({ action, path }) => {
      if (renamed && !failed && action === 'fsync' && path === '.') {
        failed = true;
        throw failing('EIO');
      }
      renamed ||= action === 'rename' && path === 'raft';
    });
    const staged = await createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands).stage(
      seedFor(directory),
      snapshot(),
      noCommands,
      never,
    );
    assert.ok(isJacoError(await outcomeOf(staged.commit()), 'storage_failed'));
    const left = (await readdir(directory)).filter((name) => !name.startsWith('.jaco-lock-'));
    assert.equal(left, ['raft.restoring']);
    await staged.discard();
    assert.equal(await readdir(directory), []);
  }));

test('leaves the store in its place when neither the rename nor its taking back can be made durable', () =>
  withTemporaryDirectory(async (directory) => {
    let renamed = false;
    const { fileSystem } = watchedFileSystem(directory, ({ action, path }) => {
      if (renamed && action === 'fsync' && path === '.') throw failing('EIO');
      renamed ||= action === 'rename' && path === 'raft';
    });
    const staged = await createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands).stage(
      seedFor(directory),
      snapshot(),
      noCommands,
      never,
    );
    const outcome = await staged.commit();
    assert.is(outcome.kind === 'in-doubt' && outcome.standsAt, `${directory}/raft`);
    assert.ok(outcome.kind === 'in-doubt' && isJacoError(outcome.failure, 'storage_failed'));
    assert.equal(await staged.discard(), []);
    assert.equal(await readdir(directory), ['raft']);
    assert.equal(await readdir(`${directory}/raft/snapshots`), [id]);
  }));

test('leaves nothing, and lets the next restore in, whichever step fails', () =>
  withTemporaryDirectory(async (directory) => {
    const dataDirectory = `${directory}/jaco`;
    for (let failed = 0; ; failed += 1) {
      let reached: Step | undefined;
      const { fileSystem } = watchedFileSystem(directory, (step, number) => {
        if (number !== failed) return;
        reached = step;
        throw failing('EIO');
      });
      const error = await outcomeOf(
        createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands)
          .stage(seedFor(dataDirectory, ourselves), snapshot(), noCommands, never)
          .then((staged) =>
            staged.commit().catch(async (thrown: unknown) => {
              assert.equal(await staged.discard(), []);
              throw thrown;
            }),
          )
          .then(({ kind }) => assert.is(kind, 'durable')),
      );
      if (reached === undefined) {
        assert.is(error, undefined);
        assert.ok(failed > 20);
        return;
      }
      assert.ok(isJacoError(error, 'storage_failed'), `${reached.action} ${reached.path}: ${error}`);
      assert.match(error.message, /^cannot .*jaco.*: the device reported an input\/output error/);
      assert.equal(await readdir(directory), [], `${reached.action} ${reached.path}`);
    }
  }));

test('distinguishes a data directory that is a file from one that cannot be written', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, '');
    const error = await outcomeOf(initializer.stage(seedFor(`${directory}/file`), snapshot(), noCommands, never));
    assert.ok(isJacoError(error, 'storage_failed'));
    const { fileSystem } = watchedFileSystem(directory, () => {
      throw failing('EACCES');
    });
    const forbidden = createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands);
    const refusal = await outcomeOf(forbidden.stage(seedFor(`${directory}/jaco`), snapshot(), noCommands, never));
    assert.ok(isJacoError(refusal, 'permission_denied'));
  }));

test.run();
