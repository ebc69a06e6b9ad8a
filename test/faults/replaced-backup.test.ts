import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSmallFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createArchiveFileWriter } from '../../src/adapters/storage/filesystem/archive-file-writer.js';
import { isJacoError } from '../../src/domain/errors.js';
import { fileAt } from '../builders/locations.js';
import { plantDisk } from './disk-image.js';
import { createHeldLocks } from './held-locks.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('a backup whose name cannot be made durable');

const path = '/backups/cluster.tar.gz';

/** Writes a backup where directories cannot be synced; returns the error and the content of the destination. */
async function write(old: string | undefined) {
  const planted = old === undefined ? { path: '/backups' } : { path, bytes: Buffer.from(old) };
  const disk = createSimulatedDisk(plantDisk([planted]));
  const fileSystem: FileSystem = {
    ...disk.fileSystem,
    syncDirectory: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })),
  };
  async function* archive(): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.from('new');
  }
  const writer = createArchiveFileWriter(fileSystem, createHeldLocks().acquire);
  const error = await writer
    .write(fileAt(path), archive(), new AbortController().signal)
    .catch((thrown: unknown) => thrown);
  const names = await fileSystem.list('/backups');
  const found = names.length === 0 ? undefined : await readSmallFile(fileSystem, path, 100);
  return { error, names, text: found === undefined ? undefined : Buffer.from(found).toString() };
}

test('is removed if there was no file', async () => {
  const { error, names } = await write(undefined);
  assert.ok(isJacoError(error, 'storage_failed'));
  assert.equal(names, []);
});

test('stays where it has replaced one, and the error says that it has', async () => {
  const { error, names, text } = await write('old');
  assert.ok(isJacoError(error, 'storage_failed'));
  assert.match(error.message, /^cannot make the new \/backups\/cluster\.tar\.gz safe from a power cut: the device/);
  assert.match(JSON.stringify(error.remedies), /"It has replaced the old file and is whole/);
  assert.equal([names, text], [['cluster.tar.gz'], 'new']);
});

test.run();
