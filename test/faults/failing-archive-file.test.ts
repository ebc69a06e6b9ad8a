import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import type { FileSystem, OpenFile } from '../../src/adapters/filesystem/file-system.js';
import { isJacoError } from '../../src/domain/errors.js';
import { archiveFiles } from '../builders/archive-files.js';
import { plantDisk } from './disk-image.js';
import { createSimulatedDisk } from './simulated-disk.js';
import { smallArchive } from './small-archive.js';

const test = suite('an archive whose file fails');

const path = '/backups/cluster.tar.gz';
const { bytes } = await smallArchive(1);

/** A disk with the archive on it, whose open files are changed by `change`. */
function diskWith(change: (file: OpenFile) => Partial<OpenFile>) {
  const disk = createSimulatedDisk(plantDisk([{ path, bytes }]));
  const fileSystem: FileSystem = {
    ...disk.fileSystem,
    async openFile(opened) {
      const file = await disk.fileSystem.openFile(opened);
      return { ...file, ...change(file) };
    },
  };
  return { disk, reader: archiveFiles(defaultArchiveLimits, fileSystem) };
}

const failure = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));

test('is named by its path, and closed, if even its kind cannot be read', async () => {
  const { disk, reader } = diskWith(() => ({ status: failure }));
  const error = await reader.open(path).catch((thrown: unknown) => thrown);
  assert.ok(isJacoError(error, 'archive_unreadable'));
  assert.match(error.message, /^cannot read the archive \/backups\/cluster\.tar\.gz: the device reported/);
  assert.is(disk.openFiles(), 0);
});

test('does not fail the operation if it cannot be closed', async () => {
  const { reader } = diskWith((file) => ({ close: () => file.close().then(failure) }));
  const opened = await reader.open(path);
  for await (const _ of opened.snapshot);
  await opened.close();
});

test('does not hide what is wrong with it if it cannot be closed', async () => {
  const { reader } = diskWith((file) => ({ read: async () => 0, close: () => file.close().then(failure) }));
  const error = await reader.open(path).catch((thrown: unknown) => thrown);
  assert.ok(isJacoError(error, 'archive_rejected'));
});

test.run();
