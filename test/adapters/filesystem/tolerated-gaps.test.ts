import { rmdirSync, rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileStatus, FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { toleratingGaps } from '../../../src/adapters/filesystem/tolerated-gaps.js';
import { scratchFor } from '../../cli/scratch-directory.js';

const test = suite('a file system that does not do all that is asked');
const scratch = scratchFor(test);

/** One whose directories answer a sync with an error. */
function refusing(code: string): FileSystem {
  const syncDirectory = async () => {
    throw Object.assign(new Error(`${code}: fsync`), { code });
  };
  return { ...createNodeFileSystem(), syncDirectory };
}

for (const code of ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']) {
  test(`that cannot sync directories is no failure, and remembered, when it says ${code}`, async () => {
    const files = toleratingGaps(refusing(code));
    assert.equal(files.unsyncedDirectories(), []);
    for (const path of ['/mnt/a', '/mnt/b', '/mnt/a']) await files.syncDirectory(path);
    assert.equal(files.unsyncedDirectories(), ['/mnt/a', '/mnt/b']);
  });
}

for (const code of ['EIO', 'EACCES', 'ENOSPC', 'EDQUOT']) {
  test(`that fails to sync a directory is a failure when it says ${code}`, async () => {
    const files = toleratingGaps(refusing(code));
    const failure = await files.syncDirectory('/mnt/a').catch((error: NodeJS.ErrnoException) => error.code);
    assert.is(failure, code);
    assert.equal(files.unsyncedDirectories(), []);
  });
}

test('has nothing to remember where directories are synced', async () => {
  const files = toleratingGaps(createNodeFileSystem());
  await files.syncDirectory('/tmp');
  assert.equal(files.unsyncedDirectories(), []);
});

/** One that shows the mode of its mount options, whatever mode was asked for, as ntfs-3g and cifs do. */
function showing(shown: number): FileSystem {
  const files = createNodeFileSystem();
  const withMode = (status: FileStatus | undefined) => status && { ...status, mode: shown };
  return {
    ...files,
    async createFile(path, mode) {
      const file = await files.createFile(path, mode);
      return { ...file, status: async () => ({ ...(await file.status()), mode: shown }) };
    },
    linkStatus: async (path) => withMode(await files.linkStatus(path)),
  };
}

async function createIn(files: FileSystem, fileMode: number, directoryMode: number): Promise<void> {
  await (await files.createFile(scratch.path('file'), fileMode)).close();
  await files.createDirectory(scratch.path('directory'), directoryMode);
}

for (const shown of [0o777, 0o640, 0o701]) {
  test(`that shows ${shown.toString(8)} for what only its owner should read is remembered`, async () => {
    const files = toleratingGaps(showing(shown));
    await createIn(files, 0o600, 0o700);
    assert.equal(files.openedDirectories(), [scratch.path()]);
  });
}

test('that keeps permissions, or takes away more than asked, is not remembered', async () => {
  for (const real of [createNodeFileSystem(), showing(0o500)]) {
    const files = toleratingGaps(real);
    await createIn(files, 0o600, 0o750);
    assert.equal(files.openedDirectories(), []);
    rmSync(scratch.path('file'));
    rmdirSync(scratch.path('directory'));
  }
});

test('is not remembered for a file that everybody may read', async () => {
  const files = toleratingGaps(showing(0o777));
  await (await files.createFile(scratch.path('metrics'), 0o644)).close();
  assert.equal(files.openedDirectories(), []);
});

test.run();
