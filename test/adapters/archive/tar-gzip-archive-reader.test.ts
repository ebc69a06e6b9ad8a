import { writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTarGzipArchiveReader } from '../../../src/adapters/archive/tar-gzip-archive-reader.js';
import { archiveFiles } from '../../builders/archive-files.js';
import { collect } from '../../builders/byte-streams.js';
import { openedBackup } from '../../builders/opened-backup.js';
import { codeOf, refusalOf } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';
import { metadataWith } from '../../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, tarGzip, tarGzipArchive } from '../../builders/tar-gzip-archive.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('archives of tar and gzip');

const limits = { snapshotBytes: 6_000_000 };
const reader = createTarGzipArchiveReader(limits);
const snapshotFirst = (bytes: number) => tarGzip(snapshotEntry(noise(bytes)), metadataEntry(metadataWith()));

test('are read with their entries in either order', async () => {
  const opened = await reader.open(openedBackup(await snapshotFirst(900_000)));
  assert.equal(opened.metadata, metadataWith());
  assert.ok((await collect(opened.snapshot)).equals(noise(900_000)));
  await opened.close();
});

test('are opened by reading their beginning only, when the metadata stands there', async () => {
  const backup = openedBackup(await tarGzipArchive(metadataWith(), noise(5_000_000)));
  let readBytes = 0;
  async function* counted() {
    for await (const piece of backup.read()) {
      readBytes += piece.length;
      yield piece;
    }
  }
  const opened = await reader.open({ ...backup, read: counted });
  assert.ok(readBytes < 2_000_000, `${readBytes} bytes`);
  await opened.close();
});

test('are read from bytes that can be read only once, if the metadata comes first', async () => {
  const bytes = await tarGzipArchive(metadataWith(), noise(100));
  const opened = await reader.open(openedBackup(bytes, { rereadable: false }));
  assert.ok((await collect(opened.snapshot)).equals(noise(100)));
  await opened.close();
});

test('are refused from bytes that can be read only once, if the snapshot comes first', async () => {
  const backup = openedBackup(await snapshotFirst(100), { rereadable: false });
  const refusal = await refusalOf(reader.open(backup));
  assert.is(refusal.code, 'archive_rejected');
  assert.match(refusal.message, /from a pipe it can be read only once/);
  assert.is(backup.closed(), 1);
});

test('are refused when too large to open, if the snapshot stands first', async () => {
  assert.is(await codeOf(reader.open(openedBackup(await snapshotFirst(6_000_001)))), 'archive_too_large');
});

test('are refused when they change between the two readings', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/cluster.tar.gz`;
    const writing = (snapshotIndex: bigint) =>
      tarGzip(snapshotEntry(noise(100)), metadataEntry(metadataWith({ snapshotIndex }))).then((bytes) =>
        writeFile(path, bytes),
      );
    await writing(1000n);
    const opened = await archiveFiles(limits).open(path);
    await writing(1001n);
    const refusal = await refusalOf(collect(opened.snapshot));
    assert.is(refusal.code, 'archive_rejected');
    assert.match(refusal.message, /it changed while it was read/);
    await opened.close();
  }));

test.run();
