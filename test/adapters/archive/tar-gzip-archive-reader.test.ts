import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTarGzipArchiveReader } from '../../../src/adapters/archive/tar-gzip-archive-reader.js';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { collect } from '../../builders/byte-streams.js';
import { codeOf, refusalOf, thrownBy } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';
import { metadataWith } from '../../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, tarGzip, tarGzipArchive } from '../../builders/tar-gzip-archive.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { isRoot } from '../filesystem/users.js';

const test = suite('archives in files');

const limits = { snapshotBytes: 6_000_000 };
const reader = createTarGzipArchiveReader(createNodeFileSystem(), limits);
const failing = (code: string) => Object.assign(new Error(code), { code });

/** The real file system, with a count of the files that are open and of the bytes that were read. */
function countingFileSystem(failReadsWith?: Error) {
  const files = createNodeFileSystem();
  const seen = { open: 0, readBytes: 0 };
  const fileSystem: FileSystem = {
    ...files,
    async openFile(path) {
      const file = await files.openFile(path);
      seen.open += 1;
      return {
        ...file,
        async read(buffer, position) {
          if (failReadsWith !== undefined) throw failReadsWith;
          const count = await file.read(buffer, position);
          seen.readBytes += count;
          return count;
        },
        close() {
          seen.open -= 1;
          return file.close();
        },
      };
    },
  };
  return { seen, reader: createTarGzipArchiveReader(fileSystem, limits) };
}

test('are read with their entries in either order', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    const state = noise(900_000);
    await writeFile(path, await tarGzip(snapshotEntry(state), metadataEntry(metadataWith())));
    const opened = await reader.open(path);
    assert.equal(opened.metadata, metadataWith());
    assert.ok((await collect(opened.snapshot)).equals(state));
    await opened.close();
  }));

test('are opened by reading their beginning only, when the metadata stands there', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, await tarGzipArchive(metadataWith(), noise(5_000_000)));
    const { seen, reader: counted } = countingFileSystem();
    const opened = await counted.open(path);
    assert.ok(seen.readBytes < 2_000_000, `${seen.readBytes} bytes`);
    await opened.close();
  }));

test('are refused when too large to open, if the snapshot stands first', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, await tarGzip(snapshotEntry(noise(6_000_001)), metadataEntry(metadataWith())));
    assert.is(await codeOf(reader.open(path)), 'archive_too_large');
  }));

test('are refused when they change between the two readings', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    const writing = (snapshotIndex: bigint) =>
      tarGzip(snapshotEntry(noise(100)), metadataEntry(metadataWith({ snapshotIndex }))).then((bytes) =>
        writeFile(path, bytes),
      );
    await writing(1000n);
    const opened = await reader.open(path);
    await writing(1001n);
    const refusal = await refusalOf(collect(opened.snapshot));
    assert.is(refusal.code, 'archive_rejected');
    assert.match(refusal.message, /it changed while it was read/);
    await opened.close();
  }));

test('are read to the end from the file that was opened, even if another takes its name', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, await tarGzipArchive(metadataWith(), noise(100)));
    const opened = await reader.open(path);
    await writeFile(`${path}.new`, 'another');
    execFileSync('mv', [`${path}.new`, path]);
    assert.ok((await collect(opened.snapshot)).equals(noise(100)));
    await opened.close();
  }));

test('are closed again, whatever came of them', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    const { seen, reader: counted } = countingFileSystem();
    await writeFile(path, 'no archive');
    await thrownBy(counted.open(path));
    assert.is(seen.open, 0);
    await writeFile(path, await tarGzipArchive(metadataWith(), noise(100)));
    const opened = await counted.open(path);
    assert.is(seen.open, 1);
    await opened.close();
    await opened.close();
    assert.is(seen.open, 0);
    await thrownBy(counted.open(directory));
    assert.is(seen.open, 0);
  }));

test('cannot be directories', () =>
  withTemporaryDirectory(async (directory) => {
    const refusal = await refusalOf(reader.open(directory));
    assert.is(refusal.code, 'archive_unreadable');
    assert.match(refusal.message, /it is a directory/);
  }));

test('cannot be FIFOs or devices, and nobody is waited for', () =>
  withTemporaryDirectory(async (directory) => {
    execFileSync('mkfifo', [`${directory}/fifo`]);
    for (const path of [`${directory}/fifo`, '/dev/zero']) {
      const refusal = await refusalOf(reader.open(path));
      assert.is(refusal.code, 'archive_unreadable');
      assert.match(refusal.message, /it is not a regular file/);
    }
  }));

test('are named, with the reason, when they cannot be opened', () =>
  withTemporaryDirectory(async (directory) => {
    const absent = await refusalOf(reader.open(`${directory}/absent`));
    assert.match(absent.message, /^cannot read the archive .*\/absent: there is no such file or directory\.$/);
    await writeFile(`${directory}/file`, '');
    assert.match((await refusalOf(reader.open(`${directory}/file/below`))).message, /is not a directory/);
  }));

test('are named when this user may not read them', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, 'secret');
    await chmod(path, 0);
    const files = createNodeFileSystem();
    const forbidden: FileSystem = { ...files, openFile: () => Promise.reject(failing('EACCES')) };
    const refusal = await refusalOf(createTarGzipArchiveReader(isRoot ? forbidden : files, limits).open(path));
    assert.is(refusal.code, 'archive_unreadable');
    assert.match(refusal.message, /permission denied/);
    assert.equal(refusal.remedies, [{ kind: 'run-as', users: ['root', 'reader-of-file'] }]);
  }));

test('are named when the disk fails under them', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    await writeFile(path, await tarGzipArchive(metadataWith(), noise(100)));
    const refusal = await refusalOf(countingFileSystem(failing('EIO')).reader.open(path));
    assert.is(refusal.code, 'archive_unreadable');
    assert.match(refusal.message, /input\/output error/);
  }));

test.run();
