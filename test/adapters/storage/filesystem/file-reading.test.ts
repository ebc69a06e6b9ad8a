import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../../src/adapters/filesystem/node-file-system.js';
import { openBackupFile } from '../../../../src/adapters/storage/filesystem/file-reading.js';
import { archiveFiles } from '../../../builders/archive-files.js';
import { collect } from '../../../builders/byte-streams.js';
import { refusalOf, thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { metadataWith } from '../../../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../../../builders/tar-gzip-archive.js';
import { withTemporaryDirectory } from '../../filesystem/temporary-directory.js';
import { isRoot } from '../../filesystem/users.js';

const test = suite('archives in files');

const never = new AbortController().signal;
const failing = (code: string) => Object.assign(new Error(code), { code });
const open = (path: string, fileSystem = createNodeFileSystem()) => openBackupFile(fileSystem, path, never, {});

/** The real file system, with a count of the files that are open. */
function countingFileSystem(failReadsWith?: Error) {
  const files = createNodeFileSystem();
  const seen = { open: 0 };
  const fileSystem: FileSystem = {
    ...files,
    async openFile(path) {
      const file = await files.openFile(path);
      seen.open += 1;
      return {
        ...file,
        async read(buffer, position) {
          if (failReadsWith !== undefined) throw failReadsWith;
          return file.read(buffer, position);
        },
        close() {
          seen.open -= 1;
          return file.close();
        },
      };
    },
  };
  return { seen, fileSystem };
}

test('are closed after success and after failure', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    const { seen, fileSystem } = countingFileSystem();
    const archives = archiveFiles({ snapshotBytes: 1_000 }, fileSystem);
    await writeFile(path, 'no archive');
    await thrownBy(archives.open(path));
    assert.is(seen.open, 0);
    await writeFile(path, await tarGzipArchive(metadataWith(), noise(100)));
    const opened = await archives.open(path);
    assert.is(seen.open, 1);
    await opened.close();
    await opened.close();
    assert.is(seen.open, 0);
    await thrownBy(archives.open(directory));
    assert.is(seen.open, 0);
  }));

test('cannot be directories', () =>
  withTemporaryDirectory(async (directory) => {
    const refusal = await refusalOf(open(directory));
    assert.is(refusal.code, 'archive_unreadable');
    assert.match(refusal.message, /it is a directory/);
  }));

test('cannot be FIFOs or devices, and reading does not wait for a writer', () =>
  withTemporaryDirectory(async (directory) => {
    execFileSync('mkfifo', [`${directory}/fifo`]);
    for (const path of [`${directory}/fifo`, '/dev/zero']) {
      const refusal = await refusalOf(open(path));
      assert.is(refusal.code, 'archive_unreadable');
      assert.match(refusal.message, /it is not a regular file/);
    }
  }));

test('are named, with the reason, when they cannot be opened', () =>
  withTemporaryDirectory(async (directory) => {
    const absent = await refusalOf(open(`${directory}/absent`));
    assert.match(absent.message, /^cannot read the archive .*\/absent: there is no such file or directory\.$/);
    await writeFile(`${directory}/file`, '');
    assert.match((await refusalOf(open(`${directory}/file/below`))).message, /is not a directory/);
  }));

test('are named when this user may not read them', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, 'secret');
    await chmod(path, 0);
    const files = createNodeFileSystem();
    const forbidden: FileSystem = { ...files, openFile: () => Promise.reject(failing('EACCES')) };
    const refusal = await refusalOf(open(path, isRoot ? forbidden : files));
    assert.is(refusal.code, 'archive_unreadable');
    assert.match(refusal.message, /permission denied/);
    assert.equal(refusal.remedies, [{ kind: 'run-as', users: ['root', 'reader-of-file'] }]);
  }));

test('are named when the disk fails under them', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, 'content');
    const opened = await open(path, countingFileSystem(failing('EIO')).fileSystem);
    const refusal = await refusalOf(collect(opened.read()));
    await opened.close();
    assert.is(refusal.code, 'archive_unreadable');
    assert.match(refusal.message, /input\/output error/);
  }));

test.run();
