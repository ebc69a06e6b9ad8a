import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { toleratingUnsynced } from '../../../src/adapters/filesystem/unsynced-directories.js';

const test = suite('a file system that does not sync directories');

/** One whose directories answer a sync with an error. */
function refusing(code: string): FileSystem {
  const syncDirectory = async () => {
    throw Object.assign(new Error(`${code}: fsync`), { code });
  };
  return { ...createNodeFileSystem(), syncDirectory };
}

for (const code of ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']) {
  test(`is no failure, and remembered, when it says ${code}`, async () => {
    const files = toleratingUnsynced(refusing(code));
    assert.equal(files.unsyncedDirectories(), []);
    for (const path of ['/mnt/a', '/mnt/b', '/mnt/a']) await files.syncDirectory(path);
    assert.equal(files.unsyncedDirectories(), ['/mnt/a', '/mnt/b']);
  });
}

for (const code of ['EIO', 'EACCES', 'ENOSPC', 'EDQUOT']) {
  test(`is a failure when it says ${code}`, async () => {
    const files = toleratingUnsynced(refusing(code));
    const failure = await files.syncDirectory('/mnt/a').catch((error: NodeJS.ErrnoException) => error.code);
    assert.is(failure, code);
    assert.equal(files.unsyncedDirectories(), []);
  });
}

test('has nothing to remember where directories are synced', async () => {
  const files = toleratingUnsynced(createNodeFileSystem());
  await files.syncDirectory('/tmp');
  assert.equal(files.unsyncedDirectories(), []);
});

test.run();
