import { mkdir, symlink } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { type AcquireLock, acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createRaftStoreInitializer } from '../../../src/adapters/raft/raft-store-initializer.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { noCommands } from '../../builders/first-commands.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { never, seedFor, snapshot } from './store-seed.js';

const test = suite('the lock of a restore');

const initializer = createRaftStoreInitializer(createNodeFileSystem(), acquireExclusiveLock, encodeFirstCommands);
const outcomeOf = (pending: Promise<unknown>) => pending.catch((error: unknown) => error);

test('locks the directory itself, through any path', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/jaco`);
    await symlink(`${directory}/jaco`, `${directory}/link`);
    const staged = await initializer.stage(seedFor(`${directory}/jaco`), snapshot(), noCommands, never);
    const error = await outcomeOf(initializer.stage(seedFor(`${directory}/link`), snapshot(), noCommands, never));
    assert.ok(isJacoError(error, 'in_progress'));
    assert.match(
      error.message,
      /cannot restore into .*link: another restore or recovery is working on it, or a sandbox runs there\./,
    );
    assert.is(error.remedies.length, 1);
    await staged.discard();
  }));

test('holds the lock until the end, and no longer', () =>
  withTemporaryDirectory(async (directory) => {
    const events: string[] = [];
    const acquireLock: AcquireLock = async (locked) => {
      assert.is(locked, directory);
      events.push('taken');
      return {
        async release() {
          events.push('released');
          return [];
        },
      };
    };
    const staged = await createRaftStoreInitializer(createNodeFileSystem(), acquireLock, encodeFirstCommands).stage(
      seedFor(directory),
      snapshot(),
      noCommands,
      never,
    );
    assert.equal(events, ['taken']);
    await staged.commit();
    await staged.discard();
    assert.equal(events, ['taken', 'released']);
  }));

test.run();
