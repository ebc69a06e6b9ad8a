import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acquireExclusiveLock } from '../../../../src/adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../../src/adapters/filesystem/node-file-system.js';
import { createArchiveFileWriter } from '../../../../src/adapters/storage/filesystem/archive-file-writer.js';
import { isJacoError } from '../../../../src/domain/errors.js';
import { streamOf, watchedStream } from '../../../builders/byte-streams.js';
import { fileAt } from '../../../builders/locations.js';
import { refusalOf } from '../../../builders/outcome.js';
import { withTemporaryDirectory } from '../../filesystem/temporary-directory.js';
import { type Step, watchedFileSystem } from '../../filesystem/watched-file-system.js';

const test = suite('an archive in a file');

const never = new AbortController().signal;
const failing = (code: string) => Object.assign(new Error(code), { code });
const write = (destination: string, chunks: readonly string[] = ['new'], files: FileSystem = createNodeFileSystem()) =>
  createArchiveFileWriter(files, acquireExclusiveLock).write(fileAt(destination), streamOf(...chunks), never);

/** Runs `work` with a directory for one archive, and every step that is taken there. */
const watched = (work: (directory: string, fileSystem: FileSystem, steps: () => string[]) => Promise<void>) =>
  withTemporaryDirectory((directory) => {
    const { fileSystem, steps } = watchedFileSystem(directory, () => undefined);
    return work(directory, fileSystem, () => steps.map(({ action, path }) => `${action} ${path}`));
  });

test('is synced before it gets its name, and the name after', () =>
  watched(async (directory, fileSystem, steps) => {
    await write(`${directory}/a.gz`, ['one', 'two'], fileSystem);
    const part = '.a.gz.part';
    assert.equal(steps(), [
      `create 600 ${part}`,
      `write ${part}`,
      `write ${part}`,
      `sync ${part}`,
      'rename a.gz',
      'fsync .',
    ]);
  }));

test('is not synced any more when it is to stop, and nothing is left', () =>
  watched(async (directory, fileSystem, steps) => {
    const interruption = new AbortController();
    async function* archive() {
      yield Buffer.from('all of it');
      interruption.abort();
    }
    const writer = createArchiveFileWriter(fileSystem, acquireExclusiveLock);
    const refusal = await refusalOf(writer.write(fileAt(`${directory}/a.gz`), archive(), interruption.signal));
    assert.is(refusal.code, 'interrupted');
    assert.equal(steps(), ['create 600 .a.gz.part', 'write .a.gz.part', 'unlink .a.gz.part']);
  }));

for (const umask of [0, 0o077, 0o277, 0o777]) {
  test(`has mode 0600 from its first byte on under umask ${umask.toString(8)}`, () =>
    withTemporaryDirectory(async (directory) => {
      const modes = new Set<number>();
      async function* archive() {
        yield Buffer.from('one');
        modes.add((await stat(`${directory}/.a.gz.part`)).mode & 0o7777);
        yield Buffer.from('two');
      }
      const before = process.umask(umask);
      try {
        await createArchiveFileWriter(createNodeFileSystem(), acquireExclusiveLock).write(
          fileAt(`${directory}/a.gz`),
          archive(),
          never,
        );
      } finally {
        process.umask(before);
      }
      modes.add((await stat(`${directory}/a.gz`)).mode & 0o7777);
      assert.equal([...modes], [0o600]);
    }));
}

/** Lets each step of writing fail in turn, and returns the failure and the content of the directory. */
async function failEachStep(
  directory: string,
  prepare: () => Promise<void>,
  check: (step: Step, number: number, names: readonly string[]) => Promise<void>,
): Promise<number> {
  for (let failed = 0; ; failed += 1) {
    await prepare();
    let reached: Step | undefined;
    const { fileSystem } = watchedFileSystem(directory, (step, number) => {
      if (number !== failed) return;
      reached = step;
      throw failing('EIO');
    });
    const error = await write(`${directory}/a.gz`, ['one', 'two'], fileSystem).catch((thrown: unknown) => thrown);
    if (reached === undefined) return failed;
    assert.ok(isJacoError(error, 'storage_failed'), `${reached.action} ${reached.path}: ${error}`);
    assert.match(error.message, /^cannot .*\/a\.gz.*: the device reported an input\/output error\.$/);
    await check(reached, failed, await readdir(directory));
  }
}

test('leaves nothing, whichever step fails', () =>
  withTemporaryDirectory(async (directory) => {
    const steps = await failEachStep(
      directory,
      async () => undefined,
      async ({ action, path }, _, names) => assert.equal(names, [], `${action} ${path}`),
    );
    assert.is(steps, 6);
  }));

test('leaves the file that was there, whichever step fails before the name is its own', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/a.gz`;
    const lastStep = 5;
    const steps = await failEachStep(
      directory,
      () => writeFile(path, 'old'),
      async (step, number, names) => {
        assert.equal(names, ['a.gz'], `${step.action} ${step.path}`);
        // After the rename the old file is gone, and the new one is whole.
        assert.is(await readFile(path, 'utf8'), number < lastStep ? 'old' : 'onetwo', `${step.action} ${step.path}`);
      },
    );
    assert.is(steps, lastStep + 1);
  }));

test('says that it has replaced the old one when only its name may not survive a power cut', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/a.gz`, 'old');
    let renamed = false;
    const { fileSystem } = watchedFileSystem(directory, ({ action }) => {
      if (renamed) throw failing('EIO');
      renamed = action === 'rename';
    });
    const refusal = await refusalOf(write(`${directory}/a.gz`, ['new'], fileSystem));
    assert.match(refusal.message, /^cannot make the new .*\/a\.gz safe from a power cut: /);
    assert.match(JSON.stringify(refusal.remedies), /It has replaced the old file and is whole/);
  }));

test('leaves nothing when its file cannot be closed', () =>
  withTemporaryDirectory(async (directory) => {
    const files = createNodeFileSystem();
    const unclosable: FileSystem = {
      ...files,
      async createFile(path, mode) {
        const file = await files.createFile(path, mode);
        return { ...file, close: () => file.close().then(() => Promise.reject(failing('EDQUOT'))) };
      },
    };
    const refusal = await refusalOf(write(`${directory}/a.gz`, ['new'], unclosable));
    assert.match(refusal.message, /the disk quota is used up/);
    assert.equal(await readdir(directory), []);
  }));

test('names the first failure if closing fails as well', () =>
  withTemporaryDirectory(async (directory) => {
    const files = createNodeFileSystem();
    const broken: FileSystem = {
      ...files,
      async createFile(path, mode) {
        const file = await files.createFile(path, mode);
        const close = () => file.close().then(() => Promise.reject(failing('EIO')));
        return { ...file, write: () => Promise.reject(failing('ENOSPC')), close };
      },
    };
    const refusal = await refusalOf(write(`${directory}/a.gz`, ['new'], broken));
    assert.match(refusal.message, /no space left on the device/);
  }));

test('is pulled no further than one chunk ahead of the disk', () =>
  withTemporaryDirectory(async (directory) => {
    const files = createNodeFileSystem();
    const { seen, stream } = watchedStream(streamOf('1', '2', '3', '4', '5', '6'));
    let written = 0;
    const slow: FileSystem = {
      ...files,
      async createFile(path, mode) {
        const file = await files.createFile(path, mode);
        return {
          ...file,
          async write(bytes) {
            for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            assert.ok(seen.pulled <= written + 2, `${seen.pulled} pulled, ${written} written`);
            await file.write(bytes);
            written += 1;
          },
        };
      },
    };
    await createArchiveFileWriter(slow, acquireExclusiveLock).write(fileAt(`${directory}/a.gz`), stream, never);
    assert.is(await readFile(`${directory}/a.gz`, 'utf8'), '123456');
  }));

test.run();
