import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { namingFailures } from '../../../src/adapters/filesystem/named-failures.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { stageDirectory } from '../../../src/adapters/filesystem/staged-directory.js';
import { leftBehindBy } from '../../../src/domain/errors.js';
import { withTemporaryDirectory } from './temporary-directory.js';

const test = suite('a staged directory in whose place something stands that is kept');

const broken = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));

/** What a commit says was left behind, and what is there then, on a disk that fails from some rename or sync on. */
async function failedCommit(fails: { readonly renames?: number; readonly syncs?: number }) {
  return withTemporaryDirectory(async (parent) => {
    const real = createNodeFileSystem();
    let [renames, syncs] = [0, 0];
    const failing: FileSystem = {
      ...real,
      rename: (from, to) =>
        ++renames >= (fails.renames ?? Number.POSITIVE_INFINITY) ? broken() : real.rename(from, to),
      syncDirectory: (path) =>
        ++syncs >= (fails.syncs ?? Number.POSITIVE_INFINITY) ? broken() : real.syncDirectory(path),
    };
    await mkdir(join(parent, 'raft'));
    await writeFile(join(parent, 'raft/log.db'), 'all that is left');
    const staged = await stageDirectory(namingFailures(failing), {
      parent,
      finalName: 'raft',
      stagedName: 'raft.restoring',
      owner: undefined,
      secret: true,
      keptAs: `${parent}/raft.before`,
      occupied: (path) => new Error(path),
    });
    const error = await staged.commit().then(
      () => undefined,
      (failure: unknown) => failure,
    );
    const left = leftBehindBy(error).map(({ path, state, reason }) =>
      `${path} ${state} ${reason}`.replaceAll(parent, ''),
    );
    return { left, names: (await readdir(parent)).sort() };
  });
}

test('is moved back where the commit fails, and nothing is said of it', async () => {
  assert.equal(await failedCommit({ renames: 1 }), { left: [], names: ['raft', 'raft.restoring'] });
});

test('is named as kept, not as to be removed, where it cannot be moved back', async () => {
  assert.equal(await failedCommit({ renames: 2 }), {
    left: ['/raft.before kept it could not be moved back to /raft'],
    names: ['raft.before', 'raft.restoring'],
  });
});

test('is named as kept where the move back is not durable', async () => {
  assert.equal(await failedCommit({ syncs: 1 }), {
    left: ['/raft.before kept it was moved back to /raft, but a power cut may undo that'],
    names: ['raft', 'raft.restoring'],
  });
});

test.run();
